import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { commandContextOf, idFor } from './command-context.js';
import { HttpError } from './problems/http-error.js';

const AT = '2026-03-01T10:00:00.000Z';
const clock = { now: () => AT };
const body = { customerId: '17850', lines: [{ quantity: 6, unitPrice: '2.55' }] };
const request = (headers: object = {}, more: object = {}): FastifyRequest =>
  ({ id: 'r-1', params: { id: 'o-1' }, body, headers, clock, ...more }) as unknown as FastifyRequest;
const contextOf = (headers?: object, more?: object) => commandContextOf('PlaceOrder', request(headers, more));

describe('CommandContextOf', () => {
  it('takes what the headers say', () =>
    expect(
      contextOf({
        'idempotency-key': 'till-7/4711',
        'x-actor': 'Ada L.',
        'x-correlation-id': 'c-1',
        'if-match': '"12"',
      }),
    ).toMatchObject({
      commandId: 'till-7/4711',
      causationId: 'till-7/4711',
      commandType: 'PlaceOrder',
      actor: 'Ada L.',
      correlationId: 'c-1',
      at: AT,
      expectedRevision: 12n,
    }));

  it('makes up what they leave out', () => {
    const context = contextOf();
    expect(context).toMatchObject({ actor: 'anonymous', correlationId: 'r-1', at: AT });
    expect(context.commandId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(context.commandIdIsNew).toBe(true);
    expect(contextOf({ 'idempotency-key': 'k-1' })).not.toHaveProperty('commandIdIsNew');
    expect(context).not.toHaveProperty('expectedRevision');
    expect(contextOf().commandId).not.toBe(context.commandId);
  });

  it('believes the guard before the header', () =>
    expect(contextOf({ 'x-actor': 'mallory' }, { actor: 'ada' }).actor).toBe('ada'));

  it('takes a key in quotes for the same key', () =>
    expect(contextOf({ 'idempotency-key': '"k-1"' }).commandId).toBe('k-1'));

  it.each(['*', undefined])('takes If-Match %s for any revision', (value) =>
    expect(contextOf({ 'if-match': value })).not.toHaveProperty('expectedRevision'),
  );

  it.each([
    ['idempotency-key', 'two words', 'Idempotency-Key'],
    ['idempotency-key', 'k'.repeat(201), 'Idempotency-Key'],
    ['x-actor', ' ada', 'X-Actor'],
    ['x-actor', 'a\u0007', 'X-Actor'],
    ['x-correlation-id', 'a b', 'X-Correlation-Id'],
    ['if-match', '3', 'If-Match'],
    ['if-match', 'W/"3"', 'If-Match'],
    ['if-match', '"3", "4"', 'If-Match'],
  ])('refuses %s: %s', (name, value, field) => {
    const refused = () => contextOf({ [name]: value });
    expect(refused).toThrow(HttpError);
    expect(refused).toThrow(
      expect.objectContaining({ code: 'BAD_HEADER', options: expect.objectContaining({ field }) }),
    );
  });
});

describe('the hash of a command', () => {
  const hashOf = (more: object, type = 'PlaceOrder') => commandContextOf(type, request({}, more)).commandHash;

  it('is SHA-256 in hex, of the content whatever the order of its keys', () => {
    expect(hashOf({})).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf({ body: { lines: [{ unitPrice: '2.55', quantity: 6 }], customerId: '17850' } })).toBe(
      hashOf({}),
    );
  });

  it.each<[string, object, string]>([
    ['another body', { body: { ...body, customerId: '17851' } }, 'PlaceOrder'],
    ['another route parameter', { params: { id: 'o-2' } }, 'PlaceOrder'],
    ['no body', { body: undefined }, 'PlaceOrder'],
    ['another type', {}, 'DraftOrder'],
  ])('tells %s apart', (_what, more, type) => expect(hashOf(more, type)).not.toBe(hashOf({})));
});

describe('idFor', () => {
  it('is the client’s own id where there is one', () => expect(idFor({ commandId: 'k' }, 'o-9')).toBe('o-9'));

  it('follows from the key, so that a retry addresses the same thing', () => {
    expect(idFor({ commandId: 'till-7/4711' })).toBe(idFor({ commandId: 'till-7/4711' }));
    expect(idFor({ commandId: 'till-7/4711' })).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/);
    expect(idFor({ commandId: 'till-7/4711' }, undefined, 'line-1')).not.toBe(
      idFor({ commandId: 'till-7/4711' }, undefined, 'line-2'),
    );
  });

  it('is the made command id itself: a UUIDv7', () => {
    const { commandId } = contextOf();
    expect(idFor({ commandId })).toBe(commandId);
  });
});
