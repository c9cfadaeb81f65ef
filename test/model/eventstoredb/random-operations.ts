import { type Dice, dice } from '#libs/testing';
import type { Expects, Filter, Fresh, From, Operation } from './operation.js';

/** A set of streams is in use for so many operations, then a new one: none grows without bounds. */
const OPERATIONS_PER_SET = 500;
const STREAMS_PER_SET = 8;
const RESTART_EVERY = 300;

/** Operation `number` of the run with `seed`: each can be made by itself. */
export function randomOperation(seed: number, number: number): Operation {
  const random = dice((Math.imul(seed, 1_000_003) + number) | 0);
  for (let warmUp = 0; warmUp < 3; warmUp++) random.next(); // neighbouring seeds begin alike
  return { number, ...someOperation(random, number) } as Operation;
}

function someOperation(random: Dice, number: number): object {
  if (number % RESTART_EVERY === RESTART_EVERY - 1) return { kind: 'restart', resumeAt: random.next() };
  const stream = someStream(random, number);
  const chance = random.upTo(100);
  if (chance < 42) return someAppend(random, stream, number);
  if (chance < 49) return someMetadata(random, stream);
  if (chance < 53) return { kind: 'delete', stream, expects: someExpectation(random, 'of a deletion') };
  if (chance < 54) return { kind: 'tombstone', stream, expects: someExpectation(random, 'of a deletion') };
  const resolves = random.upTo(2) === 0;
  if (chance < 76) return { kind: 'read stream', stream, ...someRange(random), resolves };
  if (chance < 88) return { kind: 'read all', ...someRange(random), resolves };
  if (chance < 96) return { kind: 'follow stream', stream, from: someFrom(random), resolves };
  return { kind: 'follow all', from: nearTheEnd(random), filter: someFilter(random, number), resolves };
}

function someStream(random: Dice, number: number): string {
  const set = Math.floor(number / OPERATIONS_PER_SET);
  const older = random.upTo(12) === 0 ? random.upTo(set + 1) : 0;
  const name = `s${random.upTo(STREAMS_PER_SET)}-${set - older}`;
  return random.upTo(25) === 0 ? `$$${name}` : name;
}

function someAppend(random: Dice, stream: string, number: number): object {
  const isRepeat = random.upTo(3) === 0;
  const repeats = { from: random.next(), count: isRepeat ? 1 + random.upTo(3) : 0 };
  const isMixed = isRepeat && random.upTo(4) === 0;
  const count = isRepeat && !isMixed ? 0 : random.oneOf([0, 1, 1, 1, 1, 2, 3, 8]);
  const fresh = Array.from({ length: count }, (): Fresh => {
    const as = random.oneOf(['json', 'json', 'json', 'binary', 'link'] as const);
    return as === 'link' ? { as, to: someStream(random, number), at: random.next() * 1.2 } : { as };
  });
  const expects =
    isRepeat && random.upTo(2) === 0 ? 'before the repeat' : someExpectation(random, 'of an append');
  return {
    kind: 'append',
    stream,
    expects,
    repeats,
    fresh,
    through: random.oneOf(['Append', 'BatchAppend']),
  };
}

function someExpectation(random: Dice, of: 'of an append' | 'of a deletion'): Expects {
  const expectations: Expects[] = ['any', 'any', 'the last revision', 'the last revision'];
  expectations.push('no stream', 'an earlier revision', 'a later revision');
  if (of === 'of an append') expectations.push('stream exists');
  return random.oneOf(expectations);
}

function someMetadata(random: Dice, stream: string): object {
  const metadata: Record<string, number | string> = {};
  if (random.upTo(3) === 0) metadata['$maxCount'] = random.oneOf([1, 2, 5, 100, 0, -1]);
  if (random.upTo(3) === 0) metadata['$tb'] = random.oneOf([0, 1, 3, 10, 1_000, -1]);
  if (random.upTo(6) === 0) metadata['$maxAge'] = random.oneOf([1, 1, 3_600, 0]);
  if (random.upTo(3) === 0) metadata['colour'] = random.oneOf(['red', 'größer']);
  if (random.upTo(15) === 0) metadata['$maxCount'] = 'malformed';
  const expects = random.upTo(3) === 0 ? someExpectation(random, 'of an append') : 'any';
  return { kind: 'set metadata', stream, metadata, expects };
}

function someRange(random: Dice): object {
  return {
    from: someFrom(random),
    backwards: random.upTo(2) === 0,
    maxCount: random.oneOf([1, 2, 5, 20, 100, 400]),
  };
}

function someFrom(random: Dice): From {
  return random.oneOf<From>(['start', 'end', random.next(), random.next(), random.next() * 1.2]);
}

function nearTheEnd(random: Dice): From {
  return random.oneOf<From>(['end', 1 - random.next() * 0.003, 1.01]);
}

function someFilter(random: Dice, number: number): Filter | undefined {
  const set = Math.floor(number / OPERATIONS_PER_SET);
  return random.oneOf<Filter | undefined>([
    undefined,
    { on: 'stream', by: 'prefix', text: `s${random.upTo(STREAMS_PER_SET)}-` },
    { on: 'stream', by: 'regex', text: `[0-4]-${set}$` },
    { on: 'type', by: 'prefix', text: random.oneOf(['js', '$', 'nothing']) },
    { on: 'type', by: 'regex', text: '^(binary|\\$metadata)$' },
  ]);
}
