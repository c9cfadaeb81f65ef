import { describe, expect, it } from '@jest/globals';
import { encodeEventFrame } from '../wire/index.js';
import { EventFilter, type FrameRun } from './event-filter.js';

const NAMES = ['order-1', 'order-2', 'ordering', 'größe-1', 'x', '$system', 'o'.repeat(100), '😀'];

function frame(stream: string, type: string): Buffer {
  return encodeEventFrame({
    id: '00000000-0000-4000-8000-000000000000',
    stream,
    revision: 0,
    position: 0,
    type,
    contentType: 'application/json',
    created: '17000000000000000',
    customMetadata: Buffer.alloc(3),
    data: Buffer.alloc(5),
  });
}

function run(frames: readonly Buffer[]): FrameRun {
  const starts = frames.map((_, index) =>
    frames.slice(0, index).reduce((sum, { length }) => sum + length, 0),
  );
  return { bytes: Buffer.concat(frames), startOf: (position) => starts[position] as number };
}

describe('a filter', () => {
  it.each(['^order-', 'r', '^[^$]', 'ö', '^.{1}$', 'g$', '😀'])(
    'tells the same of %s as the regular expression itself, however often a name comes',
    (pattern) => {
      const expected = NAMES.map((name) => new RegExp(pattern).test(name));
      const [byStream, byType] = [
        new EventFilter('stream', pattern, []),
        new EventFilter('type', pattern, []),
      ];
      for (let time = 0; time < 3; time++) {
        expect(NAMES.map((name) => byStream.matches(frame(name, 'other')))).toEqual(expected);
        expect(NAMES.map((name) => byType.matches(frame('other', name)))).toEqual(expected);
      }
    },
  );

  it('tells the same of thousands of names, more than it remembers', () => {
    const filter = new EventFilter('stream', '7$', []);
    for (let time = 0; time < 2; time++)
      for (let number = 0; number < 2_000; number++)
        expect(filter.matches(frame(`order-${number}`, 'a'))).toBe(number % 10 === 7);
  });

  it('takes any of its prefixes, whole characters or not', () => {
    const filter = new EventFilter('stream', '', ['order-', 'gr', '😀']);
    expect(NAMES.filter((name) => filter.matches(frame(name, 'order-')))).toEqual([
      'order-1',
      'order-2',
      'größe-1',
      '😀',
    ]);
    expect(new EventFilter('type', '', ['order-1']).matches(frame('order-1', 'order-'))).toBe(false);
  });

  it('finds the next event of a run that matches, or does not, or its end', () => {
    const events = run(NAMES.map((name) => frame(name, 'a')));
    const filter = new EventFilter('stream', '', ['order']);
    const next = (from: number, end: number, matching: boolean) => filter.next(events, from, end, matching);
    expect([0, 1, 2, 3].map((from) => next(from, NAMES.length, true))).toEqual([0, 1, 2, 8]);
    expect([0, 1, 2, 3].map((from) => next(from, NAMES.length, false))).toEqual([3, 3, 3, 3]);
    expect([next(3, 5, true), next(0, 2, false)]).toEqual([5, 2]);
  });
});
