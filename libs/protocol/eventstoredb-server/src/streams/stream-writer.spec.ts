import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { dice } from '#libs/testing';
import { EventLog } from '../storage/index.js';
import { type ExpectedRevision, readEventFrame } from '../wire/index.js';
import { CommitSignals } from './commit-signals.js';
import { StreamIndex } from './stream-index.js';
import { type AppendOutcome, type NewEvent, StreamWriter } from './stream-writer.js';
import { visibleStream } from './visible-stream.js';

jest.setTimeout(60_000);

const event = (number: number): NewEvent => ({
  id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  type: 'numbered',
  isJson: true,
  customMetadata: Buffer.alloc(0),
  data: Buffer.from(String(number)),
});

type Operation =
  | { kind: 'append'; stream: string; expected: ExpectedRevision; numbers: number[] }
  | { kind: 'delete' | 'tombstone'; stream: string; expected: ExpectedRevision };

/** One stream as the specification tells it, in the plainest way: lists that are searched. */
class ModelStream {
  readonly numbers: number[] = [];
  firstVisible = 0;
  isDeleted = false;
  isTombstoned = false;
  hasMetadata = false;

  get last(): number {
    return this.numbers.length - 1;
  }

  do(operation: Operation): string {
    if (this.isTombstoned) return 'deleted';
    if (operation.kind === 'append') return this.#append(operation.expected, operation.numbers);
    const { kind, expected } = operation;
    const isNothing = this.last === -1 && !this.hasMetadata;
    if (expected === 'stream_exists' && this.isDeleted) return 'deleted';
    const fits =
      expected === 'any' ||
      (expected === 'stream_exists' && !isNothing) ||
      expected === BigInt(this.last) ||
      (expected === 'no_stream' && (this.last === -1 || this.isDeleted));
    if (!fits || (kind === 'delete' && isNothing)) return `wrong-version ${this.last}`;
    if (kind === 'delete') this.isDeleted = true;
    else this.isTombstoned = true;
    this.hasMetadata ||= kind === 'delete';
    return `stored ${this.last}`;
  }

  #append(expected: ExpectedRevision, numbers: number[]): string {
    const wrong = `wrong-version ${this.last}`;
    if (expected === 'stream_exists' && this.isDeleted) return 'deleted';
    if (expected === 'stream_exists' && this.last === -1 && !this.hasMetadata) return wrong;
    if (expected === 'any' || expected === 'stream_exists') {
      const known = numbers.map((number) => this.numbers.indexOf(number));
      if (numbers.length === 0 || known[0] === -1) return this.#write(numbers);
      return known.includes(-1) ? wrong : `stored ${known.at(-1)}`;
    }
    const from = expected === 'no_stream' ? 0 : Number(expected) + 1;
    if (from > this.numbers.length) return wrong;
    if (from === this.numbers.length) return this.#write(numbers);
    if (numbers.length === 0) return wrong;
    const stored = this.numbers.slice(from, from + numbers.length);
    if (stored.length === numbers.length && stored.every((number, index) => number === numbers[index]))
      return `stored ${from + numbers.length - 1}`;
    return expected === 'no_stream' && this.isDeleted && stored[0] !== numbers[0]
      ? this.#write(numbers)
      : wrong;
  }

  #write(numbers: number[]): string {
    if (this.isDeleted && numbers.length > 0) {
      this.isDeleted = false;
      this.firstVisible = this.numbers.length;
    }
    this.numbers.push(...numbers);
    return `stored ${this.last}`;
  }

  get visible(): string | number[] {
    if (this.isTombstoned) return 'tombstoned';
    if (this.last === -1) return 'missing';
    return this.isDeleted ? 'soft-deleted' : this.numbers.slice(this.firstVisible);
  }
}

async function openWriter(folder: string) {
  const index = new StreamIndex(100_000);
  const log = await EventLog.open({ folder, sync: 'none' }, index);
  return { index, log, writer: new StreamWriter(log, index, new CommitSignals()) };
}

const told = (outcome: AppendOutcome) =>
  outcome.kind === 'stored'
    ? `stored ${outcome.revision}`
    : outcome.kind === 'deleted'
      ? 'deleted'
      : `wrong-version ${outcome.lastRevision}`;

async function visibleNumbers({ index, log }: Awaited<ReturnType<typeof openWriter>>, name: string) {
  const visible = visibleStream(index, log, name);
  if (visible.kind !== 'readable') return visible.kind;
  const numbers: number[] = [];
  for (let revision = visible.firstRevision; revision <= visible.lastRevision; revision++) {
    const position = visible.state.positionAt(revision);
    const frame = (await log.extentAt(position)).frame(position);
    numbers.push(Number(Buffer.from(readEventFrame(frame).data).toString()));
  }
  return numbers;
}

function someOperation(upTo: (limit: number) => number, model: Map<string, ModelStream>): Operation {
  const stream = `s-${upTo(6)}`;
  const { last, numbers } = model.get(stream) ?? new ModelStream();
  const expected = (
    ['any', 'any', 'no_stream', 'stream_exists', BigInt(Math.max(0, last)), BigInt(upTo(last + 3))] as const
  )[upTo(6)] as ExpectedRevision;
  const chance = upTo(60);
  if (chance === 0) return { kind: 'tombstone', stream, expected };
  if (chance < 5) return { kind: 'delete', stream, expected };
  const old = numbers.slice(upTo(numbers.length + 1)).slice(0, upTo(4));
  const fresh = Array.from({ length: upTo(3) }, () => 1_000 + upTo(1e9));
  return { kind: 'append', stream, expected, numbers: chance < 25 ? [...old, ...fresh] : fresh };
}

describe('streams under random operations', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('do as the model does, also after a restart (seed %i)', async (seed) => {
    const { upTo } = dice(seed);
    const folder = mkdtempSync(join(tmpdir(), 'stream-writer-'));
    const model = new Map<string, ModelStream>();
    const modelOf = (stream: string) => {
      const found = model.get(stream) ?? new ModelStream();
      model.set(stream, found);
      return found;
    };
    let node = await openWriter(folder);
    const run = (operation: Operation) => {
      const { stream, expected } = operation;
      if (operation.kind === 'append')
        return node.writer.append(stream, expected, operation.numbers.map(event));
      return operation.kind === 'delete'
        ? node.writer.softDelete(stream, expected)
        : node.writer.tombstone(stream, expected);
    };
    try {
      for (let round = 0; round < 60; round++) {
        // Several at once: each is decided on what was decided before, durable or not.
        const operations: Operation[] = [];
        const wanted: string[] = [];
        const outcomes: Promise<AppendOutcome>[] = [];
        for (let each = 0; each < 8; each++) {
          const operation = someOperation(upTo, model);
          operations.push(operation);
          wanted.push(modelOf(operation.stream).do(operation));
          outcomes.push(run(operation));
        }
        expect({ operations, outcomes: (await Promise.all(outcomes)).map(told) }).toEqual({
          operations,
          outcomes: wanted,
        });
        if (round % 20 === 19) {
          await node.log.close();
          node = await openWriter(folder);
        }
        for (const [stream, { visible }] of model)
          expect(await visibleNumbers(node, stream)).toEqual(visible);
      }
    } finally {
      await node.log.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
