import { type Dice, dice } from '#libs/testing';

export interface Item {
  _id: number;
  group: string;
  rank: number | null;
  tags: string[];
  /** Unique while the index on it is there. */
  code: number;
}

export type Write =
  | { readonly kind: 'insert'; readonly item: Item }
  | { readonly kind: 'replace'; readonly item: Item }
  | { readonly kind: 'delete'; readonly id: number }
  | { readonly kind: 'change'; readonly id: number; readonly rank: number; readonly tag: string }
  | { readonly kind: 'code'; readonly id: number; readonly code: number }
  | { readonly kind: 'sink'; readonly group: string }
  | { readonly kind: 'deleteMany'; readonly tag: string; readonly below: number }
  | { readonly kind: 'pull'; readonly tag: string };

export const INDEXES = {
  group: { key: { group: 1, rank: -1 } },
  tags: { key: { tags: 1 } },
  code: { key: { code: 1 }, unique: true },
} as const;
export type IndexName = keyof typeof INDEXES;

export type Operation =
  | { readonly kind: 'write'; readonly write: Write }
  | { readonly kind: 'bulk'; readonly writes: readonly Write[] }
  | { readonly kind: 'transaction'; readonly writes: readonly Write[]; readonly commits: boolean }
  | { readonly kind: 'index'; readonly name: IndexName; readonly drops: boolean }
  | { readonly kind: 'drop' }
  | { readonly kind: 'restart' };

const IDS = 40;
const GROUPS = ['g0', 'g1', 'g2', 'g3'] as const;
export const TAGS = ['t0', 't1', 't2', 't3'] as const;

export function randomOperation(seed: number, number: number): Operation {
  const random = dice(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const chance = random.upTo(1_000);
  if (chance < 2) return { kind: 'restart' };
  if (chance < 5) return { kind: 'drop' };
  if (chance < 40) {
    const name = random.oneOf(['group', 'tags', 'code'] as const);
    return { kind: 'index', name, drops: random.upTo(3) === 0 };
  }
  if (chance < 140) return { kind: 'bulk', writes: randomWrites(random, 8) };
  if (chance < 240)
    return { kind: 'transaction', writes: randomWrites(random, 6), commits: random.upTo(3) > 0 };
  return { kind: 'write', write: randomWrite(random) };
}

function randomWrites(random: Dice, most: number): Write[] {
  return Array.from({ length: 1 + random.upTo(most) }, () => randomWrite(random));
}

function randomWrite(random: Dice): Write {
  const id = random.upTo(IDS);
  const item = (): Item => ({
    _id: id,
    group: random.oneOf(GROUPS),
    rank: random.upTo(5) === 0 ? null : random.upTo(10),
    tags: Array.from({ length: random.upTo(3) }, () => random.oneOf(TAGS)),
    code: random.upTo(200),
  });
  switch (random.upTo(10)) {
    case 0:
    case 1:
      return { kind: 'insert', item: item() };
    case 2:
    case 3:
      return { kind: 'replace', item: item() };
    case 4:
      return { kind: 'delete', id };
    case 5:
      return { kind: 'change', id, rank: random.upTo(10), tag: random.oneOf(TAGS) };
    case 6:
      return { kind: 'code', id, code: random.upTo(200) };
    case 7:
      return { kind: 'sink', group: random.oneOf(GROUPS) };
    case 8:
      return { kind: 'deleteMany', tag: random.oneOf(TAGS), below: random.upTo(4) };
    default:
      return { kind: 'pull', tag: random.oneOf(TAGS) };
  }
}
