/** Seeded dice of `#libs/testing`. */
interface Dice {
  upTo(limit: number): number;
  oneOf<T>(items: readonly T[]): T;
}

const TEXTS = [
  '',
  '$all',
  '$$',
  '$$s',
  's',
  'größe',
  '\0',
  'group',
  'type',
  'content-type',
  'application/json',
].concat(
  '0198a000-0000-7000-8000-0000000000ff',
  '00000000-0000-0000-0000-000000000000',
  '^(a+)+$',
  '$by_category',
);
const NUMBERS = [0n, 1n, 2n, 7n, 100n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];

/**
 * Bytes that are a protobuf message of some kind, with small field numbers: to a node they are requests whose options
 * are unset, contradict each other, or say what makes no sense.
 */
export function randomMessage(random: Dice, depth = 0): Buffer {
  return Buffer.concat(
    Array.from({ length: random.upTo(depth === 0 ? 4 : 7) }, () => randomField(random, depth)),
  );
}

function randomField(random: Dice, depth: number): Buffer {
  const field = 1 + random.upTo(depth === 0 ? 4 : 15);
  const chance = random.upTo(10);
  if (chance < 3) return Buffer.concat([varint(BigInt(field * 8)), varint(random.oneOf(NUMBERS))]);
  if (chance === 3) return Buffer.concat([varint(BigInt(field * 8 + 1)), Buffer.alloc(8, random.upTo(256))]);
  const content = chance < 6 || depth === 4 ? someContent(random) : randomMessage(random, depth + 1);
  return Buffer.concat([varint(BigInt(field * 8 + 2)), varint(BigInt(content.length)), content]);
}

function someContent(random: Dice): Buffer {
  if (random.upTo(4) > 0) return Buffer.from(random.oneOf(TEXTS));
  return Buffer.from(Array.from({ length: random.upTo(30) }, () => random.upTo(256)));
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}
