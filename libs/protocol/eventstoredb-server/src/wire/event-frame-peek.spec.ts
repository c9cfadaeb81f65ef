import { describe, expect, it } from '@jest/globals';
import { EventFramePeek, encodeEventFrame } from './index.js';

describe('a peek into an event frame', () => {
  it('finds stream and type, whatever the sizes and numbers before them', () => {
    const peek = new EventFramePeek();
    for (const number of [0n, 127n, 128n, 300_000n, 2n ** 31n, 2n ** 53n, 2n ** 63n - 1n])
      for (const stream of ['s', 'größe-漢字', 'x'.repeat(130), 'y'.repeat(20_000)])
        for (const type of ['t', 'ü', 'z'.repeat(200)])
          for (const dataBytes of [0, 100, 70_000]) {
            const frame = encodeEventFrame({
              id: '0198a000-0000-7000-8000-000000000000',
              stream: Buffer.from(stream),
              revision: number,
              position: number >> 1n,
              type,
              contentType: 'application/json',
              created: '17000000000000000',
              customMetadata: Buffer.alloc(0),
              data: Buffer.alloc(dataBytes),
            });
            expect([peek.look(frame).stream, peek.type]).toEqual([stream, type]);
            expect(peek.id).toBe('0198a000-0000-7000-8000-000000000000');
            expect([peek.revision, peek.position]).toEqual([Number(number), Number(number >> 1n)]);
            expect(peek.isType(Buffer.from(type))).toBe(true);
            expect(peek.isType(Buffer.from(`${type}x`))).toBe(false);
          }
  });
});
