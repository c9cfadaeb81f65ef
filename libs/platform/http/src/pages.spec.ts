import { describe, expect, it } from '@jest/globals';
import type { FastifyReply } from 'fastify';
import { decodeCursor, encodeCursor, page } from './pages.js';
import { HttpError } from './problems/http-error.js';

const KINDS = ['string', 'number', 'string'] as const;
const values = ['2026-03-01T10:00:00.000Z', 2550, 'o-1'] as const;
const cursor = encodeCursor('placedAt', values);

function pageOf(url: string, next?: string) {
  const headers: Record<string, string> = {};
  const reply = { request: { url }, header: (name: string, value: string) => (headers[name] = value) };
  return { body: page(reply as unknown as FastifyReply, { items: [1], next }), headers };
}

describe('cursors', () => {
  it('give back the sort keys', () => expect(decodeCursor(cursor, 'placedAt', KINDS)).toEqual(values));
  it('are opaque and fit a URL as they are', () => expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/));
  it('are nothing on the first page', () =>
    expect(decodeCursor(undefined, 'placedAt', KINDS)).toBeUndefined());

  it.each([
    ['garbage', '%%%', KINDS],
    ['an empty text', '', KINDS],
    ['JSON that is no list', Buffer.from('{"a":1}').toString('base64url'), KINDS],
    ['another order', encodeCursor('total', values), KINDS],
    ['other kinds', encodeCursor('placedAt', [1, 2, 3]), KINDS],
    ['too few values', encodeCursor('placedAt', ['x', 2]), KINDS],
    ['too many values', encodeCursor('placedAt', [...values, 4]), KINDS],
  ])('refuse %s, naming the parameter', (_what, text, kinds) => {
    const refused = () => decodeCursor(text, 'placedAt', kinds);
    expect(refused).toThrow(HttpError);
    expect(refused).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        options: expect.objectContaining({ errors: [expect.objectContaining({ field: 'after' })] }),
      }),
    );
  });
});

describe('page', () => {
  it('links to the next page with the same filters', () => {
    const { body, headers } = pageOf('/orders?status=placed&limit=1&after=old', 'abc');
    expect(body).toEqual({
      items: [1],
      links: {
        self: '/orders?status=placed&limit=1&after=old',
        next: '/orders?status=placed&limit=1&after=abc',
      },
    });
    expect(headers['link']).toBe('</orders?status=placed&limit=1&after=abc>; rel="next"');
  });

  it('has no next link on the last page', () =>
    expect(pageOf('/orders')).toEqual({ body: { items: [1], links: { self: '/orders' } }, headers: {} }));
});
