import { describe, expect, it } from '@jest/globals';
import type { ExpectedRevision } from '../wire/index.js';
import { decideAppend, type StreamHead } from './decide-append.js';

/** A stream of events with one-letter ids; `remembered` defaults to all of them. */
function stream(ids: string, more: Partial<StreamHead> & { remembered?: string } = {}): StreamHead {
  const { remembered = ids, ...head } = more;
  return {
    lastRevision: ids.length - 1,
    isTombstoned: false,
    isSoftDeleted: false,
    hasMetadata: false,
    rememberedRevision: (id) => (remembered.includes(id) ? ids.indexOf(id) : undefined),
    eventIdAt: (revision) => ids[revision] as string,
    ...head,
  };
}
const soft = (ids: string) => stream(ids, { isSoftDeleted: true, hasMetadata: true });
const dead = stream('ab', { isTombstoned: true });
const described = stream('', { hasMetadata: true });
const forgotten = stream('abc', { remembered: '' });

describe('the decision on an append', () => {
  // stream, expected revision, ids of the append, decision; a number is the revision of a repeat
  it.each<[string, StreamHead, ExpectedRevision, string, string | number]>([
    ['1 tombstoned', dead, 'any', 'c', 'deleted'],
    ['1 tombstoned, though a repeat', dead, 'no_stream', 'ab', 'deleted'],
    ['1 tombstoned', dead, 1n, 'c', 'deleted'],
    ['2 exists, soft-deleted', soft('ab'), 'stream_exists', 'c', 'deleted'],
    ['3 exists, never written', stream(''), 'stream_exists', 'a', 'wrong-version'],
    ['3 exists, only metadata', described, 'stream_exists', 'a', 'write'],
    ['4 any, new', stream('ab'), 'any', 'c', 'write'],
    ['4 any, later id known', stream('ab'), 'any', 'ca', 'write'],
    ['4 any, repeat', stream('abc'), 'any', 'bc', 2],
    ['4 any, repeat out of order', stream('abc'), 'any', 'ca', 0],
    ['4 any, half a repeat', stream('ab'), 'any', 'bc', 'wrong-version'],
    ['4 any, forgotten', forgotten, 'any', 'abc', 'write'],
    ['4 any, no events', stream('ab'), 'any', '', 'write'],
    ['4 any, soft-deleted, repeat', soft('ab'), 'any', 'ab', 1],
    ['4 exists, repeat', stream('ab'), 'stream_exists', 'a', 0],
    ['4 exists, half a repeat', stream('ab'), 'stream_exists', 'ac', 'wrong-version'],
    ['5 no stream, repeat', stream('abc'), 'no_stream', 'ab', 1],
    ['5 no stream, repeat of what is forgotten', forgotten, 'no_stream', 'abc', 2],
    ['5 no stream, other', stream('abc'), 'no_stream', 'x', 'wrong-version'],
    ['5 no stream, later id differs', stream('abc'), 'no_stream', 'ax', 'wrong-version'],
    ['5 no stream, past the end', stream('ab'), 'no_stream', 'abc', 'wrong-version'],
    ['5 no stream, soft-deleted', soft('ab'), 'no_stream', 'x', 'write'],
    ['5 no stream, soft-deleted, repeat', soft('ab'), 'no_stream', 'ab', 1],
    ['5 no stream, soft-deleted, later id differs', soft('ab'), 'no_stream', 'ax', 'wrong-version'],
    ['5 revision, repeat', stream('abcd'), 1n, 'cd', 3],
    ['5 revision, part of a repeat', stream('abcd'), 0n, 'b', 1],
    ['5 revision, other', stream('abcd'), 1n, 'x', 'wrong-version'],
    ['5 revision, soft-deleted', soft('abcd'), 1n, 'x', 'wrong-version'],
    ['5 revision, past the end', stream('abcd'), 1n, 'cde', 'wrong-version'],
    ['5 revision, no events', stream('abcd'), 1n, '', 'wrong-version'],
    ['6 beyond', stream('ab'), 2n, 'c', 'wrong-version'],
    ['6 beyond any number', stream('ab'), 2n ** 63n, 'c', 'wrong-version'],
    ['6 revision, no stream', stream(''), 0n, 'a', 'wrong-version'],
    ['7 no stream, none', stream(''), 'no_stream', 'a', 'write'],
    ['7 revision', stream('ab'), 1n, 'c', 'write'],
    ['7 revision, known id', stream('ab'), 1n, 'a', 'write'],
    ['7 revision, soft-deleted', soft('ab'), 1n, 'c', 'write'],
    ['7 revision, no events', stream('ab'), 1n, '', 'write'],
  ])('%s', (_rule, head, expected, ids, decision) => {
    const decided = decideAppend(head, expected, [...ids]);
    expect(decided.kind === 'repeat' ? decided.revision : decided.kind).toBe(decision);
  });
});
