import { describe, expect, it } from '@jest/globals';
import { PositionLists } from './position-lists.js';

describe('lists of positions', () => {
  it('hold what was pushed, however the streams take turns', () => {
    const lists = new PositionLists();
    const wanted: number[][] = [];
    for (let stream = 0; stream < 50; stream++) {
      lists.add();
      wanted.push([]);
    }
    for (let position = 0; position < 60_000; position++) {
      const stream = (position * position + 7 * position) % 50;
      if (position % 11 === 3 && wanted[stream]!.length > 0) {
        wanted[stream]!.pop();
        lists.pop(stream);
      }
      wanted[stream]!.push(position);
      lists.push(stream, position);
    }
    for (const [stream, positions] of wanted.entries()) {
      expect(lists.count(stream)).toBe(positions.length);
      expect(positions.map((_, index) => lists.at(stream, index))).toEqual(positions);
    }
  });

  it('hold one stream that is larger than a slab, beside others', () => {
    const lists = new PositionLists();
    lists.add();
    lists.add();
    for (let position = 0; position < 1_200_000; position++)
      lists.push(position % 100 === 0 ? 1 : 0, position);
    let seen = 0;
    for (let index = 0; index < lists.count(0); index++)
      if (lists.at(0, index) === index + Math.floor(index / 99) + 1) seen++;
    expect([seen, lists.count(0), lists.count(1)]).toEqual([1_188_000, 1_188_000, 12_000]);
    expect(lists.at(1, 11_999)).toBe(1_199_900);
  });

  it('go on growing from what was restored', () => {
    const lists = new PositionLists();
    const counts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 100];
    // Each event is an event of the next stream that lacks one.
    const left = [...counts];
    const streams: number[] = [];
    const wanted: number[][] = counts.map(() => []);
    while (left.some((count) => count > 0))
      for (const [stream, count] of left.entries()) {
        if (count === 0) continue;
        left[stream] = count - 1;
        wanted[stream]!.push(streams.push(stream) - 1);
        if (stream === 5) streams.push(99);
      }
    const runs = [
      { fromPosition: 0, streams: Uint32Array.from(streams.slice(0, 50)) },
      { fromPosition: 50, streams: Uint32Array.from(streams.slice(50)) },
    ];
    lists.restore(counts.length, runs, 99);
    for (const [stream, positions] of wanted.entries())
      for (let more = 0; more < 20; more++) {
        positions.push(1_000 * stream + more);
        lists.push(stream, 1_000 * stream + more);
      }
    for (const [stream, positions] of wanted.entries()) {
      expect(lists.count(stream)).toBe(positions.length);
      expect(positions.map((_, index) => lists.at(stream, index))).toEqual(positions);
    }
  });
});
