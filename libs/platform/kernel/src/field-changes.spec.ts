import { describe, expect, it } from '@jest/globals';
import { fieldChanges, isSame, valueAt } from './field-changes.js';

describe('field changes', () => {
  it.each([
    [{ a: 1 }, { a: 1 }, []],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, []],
    [{ a: undefined }, {}, []],
    [{ a: { b: [1, 2] } }, { a: { b: [1, 3] } }, [{ path: '/a/b/1', before: 2, after: 3 }]],
    [{ a: [1] }, { a: [1, 2] }, [{ path: '/a/1', after: 2 }]],
    [{ a: 1 }, {}, [{ path: '/a', before: 1 }]],
    [{ a: null }, {}, [{ path: '/a', before: null }]],
    [{ a: [] }, { a: {} }, [{ path: '/a', before: [], after: {} }]],
    [{ 'x/y~': 1 }, { 'x/y~': 2 }, [{ path: '/x~1y~0', before: 1, after: 2 }]],
    [{ at: new Date(1) }, { at: new Date(1) }, []],
    [{ at: new Date(1) }, { at: new Date(2) }, [{ path: '/at', before: new Date(1), after: new Date(2) }]],
  ])('of %j and %j', (before, after, changes) => expect(fieldChanges(before, after)).toEqual(changes));

  it.each([
    [{ a: [1, { b: null }], c: undefined }, { a: [1, { b: null }] }, true],
    [{ a: 1 }, { a: '1' }, false],
    [[1], { 0: 1 }, false],
    [Number.NaN, Number.NaN, true],
    [new Date(1), new Date(2), false],
    [null, undefined, false],
  ])('%j says the same as %j: %j', (one, other, same) => expect(isSame(one, other)).toBe(same));

  it('finds the value that a path points to', () => {
    expect(valueAt({ 'x/y~': [{ b: 7 }] }, '/x~1y~0/0/b')).toBe(7);
    expect(valueAt({ a: 1 }, '/a/b')).toBeUndefined();
    expect(valueAt(undefined, '/a')).toBeUndefined();
    expect(valueAt({ a: 1 }, '')).toEqual({ a: 1 });
  });
});
