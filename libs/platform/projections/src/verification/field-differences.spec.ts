import { describe, expect, it } from '@jest/globals';
import { fieldDifferences, valueAt } from './field-differences.js';

describe('field differences', () => {
  it.each([
    [{ a: 1 }, { a: 1 }, []],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, []],
    [{ a: undefined }, {}, []],
    [{ a: { b: [1, 2] } }, { a: { b: [1, 3] } }, [{ path: '/a/b/1', stored: 2, expected: 3 }]],
    [{ a: [1] }, { a: [1, 2] }, [{ path: '/a/1', expected: 2 }]],
    [{ a: 1 }, {}, [{ path: '/a', stored: 1 }]],
    [{ a: null }, {}, [{ path: '/a', stored: null }]],
    [{ a: [] }, { a: {} }, [{ path: '/a', stored: [], expected: {} }]],
    [{ 'x/y~': 1 }, { 'x/y~': 2 }, [{ path: '/x~1y~0', stored: 1, expected: 2 }]],
    [{ at: new Date(1) }, { at: new Date(1) }, []],
    [{ at: new Date(1) }, { at: new Date(2) }, [{ path: '/at', stored: new Date(1), expected: new Date(2) }]],
  ])('of %j and %j', (stored, expected, differences) =>
    expect(fieldDifferences(stored, expected)).toEqual(differences),
  );

  it('finds the value that a path points to', () => {
    expect(valueAt({ 'x/y~': [{ b: 7 }] }, '/x~1y~0/0/b')).toBe(7);
    expect(valueAt({ a: 1 }, '/a/b')).toBeUndefined();
    expect(valueAt(undefined, '/a')).toBeUndefined();
    expect(valueAt({ a: 1 }, '')).toEqual({ a: 1 });
  });
});
