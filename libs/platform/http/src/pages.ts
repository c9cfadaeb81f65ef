import type { FastifyReply } from 'fastify';
import { badField } from './problems/http-error.js';

/** One page of a list; `links.next` is there while there is more. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly links: { readonly self: string; readonly next?: string };
}

/**
 * The body of a page, and its `Link` header (RFC 8288).
 * @param next the cursor of the following page, from `encodeCursor`; nothing on the last one.
 */
export function page<Item>(
  reply: FastifyReply,
  { items, next }: { readonly items: readonly Item[]; readonly next?: string | undefined },
): Page<Item> {
  const self = reply.request.url;
  if (next === undefined) return { items, links: { self } };
  const following = withParameter(self, 'after', next);
  reply.header('link', `<${following}>; rel="next"`);
  return { items, links: { self, next: following } };
}

function withParameter(address: string, name: string, value: string): string {
  const [path = '', query = ''] = address.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set(name, value);
  return `${path}?${parameters}`;
}

type CursorKind = 'string' | 'number';
type CursorValue<Kind> = Kind extends 'string' ? string : number;
export type CursorValues<Kinds extends readonly CursorKind[]> = { [K in keyof Kinds]: CursorValue<Kinds[K]> };

/**
 * An opaque cursor: the sort keys of the last item of a page.
 * @param order names the sort (and what else must not change between pages), so that it is not used with another.
 */
export const encodeCursor = (order: string, values: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify([order, ...values])).toString('base64url');

/**
 * The values of a cursor, checked: `decodeCursor(query.after, 'placedAt', ['string', 'string'])`.
 * @throws HttpError VALIDATION_FAILED naming `after` when it is not a cursor of this order.
 */
export function decodeCursor<const Kinds extends readonly CursorKind[]>(
  cursor: string | undefined,
  order: string,
  kinds: Kinds,
): CursorValues<Kinds> | undefined {
  if (cursor === undefined) return undefined;
  const [found, ...values] = parsed(cursor);
  if (found !== order || values.length !== kinds.length || !values.every((v, i) => typeof v === kinds[i]))
    throw badField('after', 'must be taken from the next link of a page of the same list in the same order');
  return values as CursorValues<Kinds>;
}

function parsed(cursor: string): unknown[] {
  try {
    const content: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(content) ? content : [];
  } catch {
    return []; // not a cursor at all: refused like one of another order
  }
}
