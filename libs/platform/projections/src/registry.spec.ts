import { describe, expect, it } from '@jest/globals';
import { ProjectionRegistry } from './registry.js';
import { tallies, tallyContext } from './testing/tallies.js';

const other = (overrides: object) =>
  tallyContext({ name: 'other', database: 'tidemark_other', categories: {}, projections: [], ...overrides });

describe('ProjectionRegistry', () => {
  it('knows which streams to follow, and whose they are', () => {
    const registry = new ProjectionRegistry([tallyContext(), other({ categories: { note: {} } })]);
    expect(registry.prefixes).toEqual(['tally-', 'note-']);
    expect(registry.categoryOf('note-a-1')?.context).toBe('other');
    expect(registry.categoryOf('notes-1')).toBeUndefined();
    expect(registry.categoryOf('note')).toBeUndefined();
    expect(registry.named('tallies').id).toBe('tallies@1');
    expect(() => registry.named('tally')).toThrow('There is no projection "tally"; known: tallies, total.');
  });

  it.each([
    ['a projection name', { projections: [tallies] }, 'Two projections are called "tallies".'],
    ['a category', { categories: { tally: {} } }, 'belongs to tallying and to other'],
    ['a database', { database: 'tidemark_tallying' }, 'Two contexts name the same database.'],
    ['a category with a dash', { categories: { 'a-b': {} } }, 'is no category'],
  ])('refuses two owners of %s', (_what, overrides, message) => {
    expect(() => new ProjectionRegistry([tallyContext(), other(overrides)])).toThrow(message);
  });
});
