import { describe, expect, it } from '@jest/globals';
import { dice } from '#libs/testing';
import { decodeAppendReq, decodeBatchAppendReq, MalformedMessageError } from './index.js';

/** Fixed seed and budget: what fails, fails again. */
const random = dice(20_261_122);
const ROUNDS = 4_000;

const varint = (value: bigint): Buffer => {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
};
const tag = (field: number, wireType: number) => varint(BigInt(field * 8 + wireType));
const delimited = (field: number, content: Uint8Array) =>
  Buffer.concat([tag(field, 2), varint(BigInt(content.length)), content]);
const someBytes = (limit: number) =>
  Buffer.from(Array.from({ length: random.upTo(limit) }, () => random.upTo(256)));

/** A field that no message of these has: each wire type, also groups within groups. */
function unknownField(depth = 0): Buffer {
  const field = 20 + random.upTo(100_000);
  switch (random.upTo(depth < 3 ? 5 : 4)) {
    case 0:
      return Buffer.concat([tag(field, 0), varint(BigInt(random.upTo(2 ** 31)) << BigInt(random.upTo(33)))]);
    case 1:
      return Buffer.concat([tag(field, 1), Buffer.alloc(8, random.upTo(256))]);
    case 2:
      return delimited(field, someBytes(40));
    case 3:
      return Buffer.concat([tag(field, 5), Buffer.alloc(4, random.upTo(256))]);
    default: {
      const within = Array.from({ length: random.upTo(4) }, () => unknownField(depth + 1));
      return Buffer.concat([tag(field, 3), ...within, tag(field, 4)]);
    }
  }
}

/** The fields in their order, with unknown ones before, between and behind. */
const withUnknown = (...fields: Buffer[]) =>
  Buffer.concat(
    [...fields, Buffer.alloc(0)].flatMap((field) => [
      ...(random.upTo(3) === 0 ? [unknownField()] : []),
      field,
    ]),
  );

const UUID = '0198a000-0000-7000-8000-0000000000ff';
const uuid = (field: number) => delimited(field, withUnknown(delimited(2, Buffer.from(UUID))));
const entry = (key: string, value: string) =>
  delimited(2, withUnknown(delimited(1, Buffer.from(key)), delimited(2, Buffer.from(value))));
const data = someBytes(80);
const proposed = (field: number) =>
  delimited(
    field,
    withUnknown(
      uuid(1),
      entry('type', 'größe'),
      entry('content-type', 'application/json'),
      delimited(4, data),
    ),
  );
const stream = () => delimited(1, withUnknown(delimited(3, Buffer.from('order-ü'))));
const batch = () =>
  withUnknown(
    uuid(1),
    delimited(2, withUnknown(stream(), Buffer.concat([tag(2, 0), varint(7n)]))),
    proposed(3),
    proposed(3),
    Buffer.concat([tag(4, 0), varint(random.upTo(2) === 0 ? 1n : 2n ** 64n - 1n)]),
  );
const event = {
  id: UUID,
  type: 'größe',
  contentType: 'application/json',
  customMetadata: Buffer.alloc(0),
  data,
};

describe('unknown fields', () => {
  it('are passed over, whatever they are and wherever they stand', () => {
    for (let round = 0; round < ROUNDS / 10; round++) {
      expect(decodeBatchAppendReq(batch())).toMatchObject({
        correlationId: UUID,
        options: { stream: 'order-ü', expected: 7n },
        messages: [event, event],
        isFinal: true,
      });
      expect(decodeAppendReq(withUnknown(proposed(2)))).toEqual({ message: event });
    }
  });

  it.each([
    ['a group that does not end', Buffer.concat([tag(30, 3), tag(31, 0), varint(1n)])],
    ['a group that another one ends', Buffer.concat([tag(30, 3), tag(31, 4)])],
    ['the end of a group that did not start', tag(30, 4)],
    ['a million groups, each in the one before', Buffer.alloc(1_000_000, tag(1, 3))],
    ['a wire type that there is not', tag(30, 6)],
    ['field number 0', Buffer.from([2, 0])],
    ['a number of eleven bytes', Buffer.concat([tag(30, 0), Buffer.alloc(11, 0xff)])],
    ['a length of eleven bytes', Buffer.concat([tag(3, 2), Buffer.alloc(11, 0xff)])],
    ['a length beyond all exact numbers', Buffer.concat([tag(3, 2), varint(2n ** 63n)])],
    ['a length beyond the end', Buffer.concat([tag(3, 2), varint(2n ** 31n), Buffer.alloc(9)])],
  ])('that are %s make the message malformed', (_what, bytes) => {
    expect(() => decodeBatchAppendReq(bytes)).toThrow(MalformedMessageError);
    expect(() => decodeAppendReq(Buffer.concat([proposed(2), bytes]))).toThrow(MalformedMessageError);
  });
});

describe('text that is not UTF-8', () => {
  it('is read with U+FFFD in its place', () => {
    const name = Buffer.from([0x61, 0xff, 0xc3, 0x28]);
    const options = delimited(
      2,
      Buffer.concat([delimited(1, delimited(3, name)), delimited(4, Buffer.alloc(0))]),
    );
    expect(decodeBatchAppendReq(options).options?.stream).toBe('a\ufffd\ufffd(');
  });
});

describe('mutated requests', () => {
  /** Flips, cuts, repeats, and lies about lengths. */
  function mutated(bytes: Buffer): Buffer {
    const result = Buffer.from(bytes);
    for (let left = 1 + random.upTo(3); left > 0; left--)
      result[random.upTo(result.length)] = random.upTo(256);
    const [from, to] = [random.upTo(result.length), random.upTo(result.length)];
    switch (random.upTo(4)) {
      case 0:
        return result.subarray(0, from);
      case 1:
        return Buffer.concat([result.subarray(0, from), result.subarray(Math.min(from, to))]);
      case 2:
        return Buffer.concat([result.subarray(0, from), someBytes(9), result.subarray(from)]);
      default:
        return result;
    }
  }

  it('are read as what they say, or refused as malformed, and never take long', () => {
    const startedAt = Date.now();
    let refused = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = mutated(batch());
      for (const decode of [decodeBatchAppendReq, decodeAppendReq])
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessageError);
          refused++;
        }
    }
    expect(refused).toBeGreaterThan(ROUNDS / 10);
    expect(refused).toBeLessThan(ROUNDS * 2);
    expect(Date.now() - startedAt).toBeLessThan(20_000);
  });
});
