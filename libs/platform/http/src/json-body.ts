import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { HttpError } from './problems/http-error.js';

const MAX_DEPTH = 64;

/**
 * Bodies are JSON in UTF-8 and nothing else: no text, no forms, no key `__proto__`, no more than 64 levels. An empty
 * body is no body, whatever its type says.
 * @throws HttpError MALFORMED_JSON
 */
export function acceptJsonOnly(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (body.length === 0) return done(null, undefined);
    if (!isUtf8(body)) return done(malformed('The body is not in UTF-8.'));
    if (body.length > MAX_DEPTH && depthOf(body) > MAX_DEPTH)
      return done(malformed(`The body nests deeper than ${MAX_DEPTH} levels.`));
    return parse(request, body.toString('utf8'), (error, value) =>
      error ? done(malformed('The body is not valid JSON.')) : done(null, value),
    );
  });
}

const malformed = (detail: string): HttpError => new HttpError('MALFORMED_JSON', { detail });

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENS = new Set([0x5b, 0x7b]);
const CLOSES = new Set([0x5d, 0x7d]);

/** How deep lists and objects nest: what reads the value later is recursive. */
function depthOf(body: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let isText = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] as number;
    if (isText) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (OPENS.has(byte)) deepest = Math.max(deepest, ++depth);
    else if (CLOSES.has(byte)) depth--;
  }
  return deepest;
}
