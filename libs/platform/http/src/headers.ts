import type { FastifyRequest } from 'fastify';
import { badHeader } from './problems/http-error.js';

/** A header that may stand once. @throws HttpError BAD_HEADER when it stands more than once. */
export function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name.toLowerCase()];
  if (Array.isArray(value)) throw badHeader(name, 'given once');
  return value === '' ? undefined : value;
}

const TOKEN = /^[!-~]{1,200}$/;
const NAME = /^[!-~](?:[ -~]{0,198}[!-~])?$/;

/** A header of 1 to 200 visible ASCII characters. */
export function tokenHeader(request: FastifyRequest, name: string): string | undefined {
  const value = header(request, name);
  if (value !== undefined && !TOKEN.test(value)) throw badHeader(name, '1 to 200 visible ASCII characters');
  return value;
}

/** A header of 1 to 200 visible ASCII characters, blanks between them allowed. */
export function nameHeader(request: FastifyRequest, name: string): string | undefined {
  const value = header(request, name);
  if (value !== undefined && !NAME.test(value))
    throw badHeader(name, '1 to 200 visible ASCII characters, blanks only between them');
  return value;
}

const REVISION_TAG = /^"(\d{1,18})"$/;

/** The revision the caller saw, from `If-Match`; nothing for `*`, which any revision matches. */
export function ifMatch(request: FastifyRequest): bigint | undefined {
  const value = header(request, 'If-Match');
  if (value === undefined || value === '*') return undefined;
  const revision = REVISION_TAG.exec(value)?.[1];
  if (revision === undefined)
    throw badHeader('If-Match', 'one revision in quotes as an ETag gave it, such as "3"');
  return BigInt(revision);
}

const POSITION = /^\d{1,20}$/;

/** The log position that the answer must have reached, from `Tidemark-Consistency`. */
export function consistencyToken(request: FastifyRequest): bigint | undefined {
  const value = header(request, 'Tidemark-Consistency');
  if (value === undefined) return undefined;
  if (!POSITION.test(value)) throw badHeader('Tidemark-Consistency', 'the position that a command answered');
  return BigInt(value);
}

const WAIT = /^wait\s*=\s*"?(\d{1,3})"?$/i;
const MAX_WAIT_SECONDS = 60;

/** `Prefer: wait=N` (RFC 7240), whole seconds from 0 to 60; other preferences are left alone. */
export function preferredWaitSeconds(request: FastifyRequest): number | undefined {
  const preferences = header(request, 'Prefer')?.split(',') ?? [];
  const wait = preferences.map((preference) => preference.trim()).find((text) => /^wait\b/i.test(text));
  if (wait === undefined) return undefined;
  const seconds = Number(WAIT.exec(wait)?.[1] ?? Number.NaN);
  if (!(seconds <= MAX_WAIT_SECONDS))
    throw badHeader('Prefer', `wait=N with N in whole seconds from 0 to ${MAX_WAIT_SECONDS}`);
  return seconds;
}
