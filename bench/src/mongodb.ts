import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, BenchOptions } from './bench.js';
import { cpuSeconds } from './eventstoredb/processes.js';
import { Rounds } from './eventstoredb/rounds.js';
import { fsyncsPerSecond, median } from './measure.js';
import { watchMemory } from './memory.js';
import { inProcess, type ServerProcess, startFixedAnswers, startServer } from './mongodb/processes.js';
import type { Figure } from './report.js';

interface Setting {
  readonly server: ServerProcess;
  readonly rounds: number;
  readonly quick: boolean;
  readonly log: (line: string) => void;
}

type Part = (setting: Setting) => Promise<Figure[]>;

const FILLED = 20_000;

const ratioOf = <Side extends string>(
  rounds: Rounds<Side>,
  name: string,
  above: Side,
  below: Side,
  atLeast: number,
): Figure => ({ name, value: rounds.ratio(above, below), unit: '', aim: { atLeast } });

function absolutes<Side extends string>(
  rounds: Rounds<Side>,
  sides: readonly Side[],
  unit: string,
): Figure[] {
  return sides.map((name) => ({ name, value: rounds.median(name), unit }));
}

/** The server against the driver and a server that answers at once. */
const measureFinds: Part = async ({ server, rounds, quick, log }) => {
  const count = FILLED;
  await inProcess('fill', { url: server.url, count, indexes: true });
  const one = await startFixedAnswers(1);
  const five = await startFixedAnswers(5);
  const forMs = quick ? 800 : 2_000;
  try {
    const find = (url: string, query: 'by _id' | 'by index', inFlight: number) => () =>
      inProcess('finds', { url, count, inFlight, forMs, query });
    const measured = await Rounds.of(
      rounds,
      {
        'findOne by _id': find(server.url, 'by _id', 1),
        'fixed answer': find(one.url, 'by _id', 1),
        'findOne by _id, 10 in flight': find(server.url, 'by _id', 10),
        'fixed answer, 10 in flight': find(one.url, 'by _id', 10),
        'indexed find, 10 in flight': find(server.url, 'by index', 10),
        'fixed answer of 5, 10 in flight': find(five.url, 'by index', 10),
      },
      log,
    );
    return [
      ratioOf(measured, 'findOne ÷ fixed answer', 'findOne by _id', 'fixed answer', 0.8),
      ratioOf(
        measured,
        'findOne ÷ fixed answer, 10 in flight',
        'findOne by _id, 10 in flight',
        'fixed answer, 10 in flight',
        0.95,
      ),
      ratioOf(
        measured,
        'indexed find ÷ fixed answer',
        'indexed find, 10 in flight',
        'fixed answer of 5, 10 in flight',
        0.6,
      ),
      ...absolutes(
        measured,
        [
          'findOne by _id',
          'fixed answer',
          'findOne by _id, 10 in flight',
          'fixed answer, 10 in flight',
          'indexed find, 10 in flight',
          'fixed answer of 5, 10 in flight',
        ],
        '/s',
      ),
    ];
  } finally {
    await one.stop();
    await five.stop();
  }
};

/** Writes against a loop that puts the same into LMDB. */
const measureWrites: Part = async ({ server: { url }, rounds, quick, log }) => {
  const batches = quick ? 6 : 15;
  const measured = await Rounds.of(
    rounds,
    {
      'bulk upserts': () => inProcess('writes', { url, batches, indexes: false, how: 'bulk upserts' }),
      insertMany: () => inProcess('writes', { url, batches, indexes: false, how: 'insertMany' }),
      'loop into LMDB': () => inProcess('lmdbWrites', { batches, indexes: false }),
      'bulk upserts, 2 indexes': () =>
        inProcess('writes', { url, batches, indexes: true, how: 'bulk upserts' }),
      'loop into LMDB, 2 indexes': () => inProcess('lmdbWrites', { batches, indexes: true }),
    },
    log,
  );
  return [
    ratioOf(measured, 'bulk upserts ÷ loop into LMDB', 'bulk upserts', 'loop into LMDB', 0.35),
    ratioOf(
      measured,
      'the same with 2 indexes',
      'bulk upserts, 2 indexes',
      'loop into LMDB, 2 indexes',
      0.25,
    ),
    ratioOf(measured, 'insertMany ÷ loop into LMDB', 'insertMany', 'loop into LMDB', 0.5),
    ...absolutes(
      measured,
      [
        'bulk upserts',
        'insertMany',
        'loop into LMDB',
        'bulk upserts, 2 indexes',
        'loop into LMDB, 2 indexes',
      ],
      'documents/s',
    ),
  ];
};

/** A transaction against the same writes as one command. */
const measureTransactions: Part = async ({ server: { url }, rounds, quick, log }) => {
  const times = quick ? 60 : 200;
  const measured = await Rounds.of(
    rounds,
    {
      'transactions of 51 writes': () => inProcess('commits', { url, rounds: times, how: 'transaction' }),
      'bulk writes of 51': () => inProcess('commits', { url, rounds: times, how: 'bulkWrite' }),
    },
    log,
  );
  return [
    ratioOf(measured, 'transaction ÷ bulk write', 'transactions of 51 writes', 'bulk writes of 51', 0.5),
    ...absolutes(measured, ['transactions of 51 writes', 'bulk writes of 51'], '/s'),
  ];
};

/** A scan that 1 % match against a loop in process that decodes every document. */
const measureScans: Part = async ({ server: { url }, rounds, quick, log }) => {
  const count = quick ? 40_000 : 100_000;
  await inProcess('fill', { url, count, indexes: false });
  const measured = await Rounds.of(
    rounds,
    {
      'scan that 1 % match': () => inProcess('scan', { url, count }),
      'loop that decodes each': () => inProcess('lmdbScan', { count }),
    },
    log,
  );
  return [
    ratioOf(measured, 'scan ÷ loop that decodes', 'scan that 1 % match', 'loop that decodes each', 0.7),
    ...absolutes(measured, ['scan that 1 % match', 'loop that decodes each'], 'documents/s'),
  ];
};

/** Processor time of the server for one update among 1,000. */
const measureUpdates: Part = async ({ server, rounds, quick }) => {
  const batches = quick ? 8 : 20;
  const microseconds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await inProcess('fill', { url: server.url, count: batches * 1_000, indexes: false });
    const before = cpuSeconds(server.pid);
    await inProcess('updates', { url: server.url, batches });
    microseconds.push(((cpuSeconds(server.pid) - before) * 1e6) / (batches * 1_000));
  }
  const aim = { atMost: 40 };
  return [
    { name: 'server CPU of an update ($set, $inc, $push)', value: median(microseconds), unit: 'µs', aim },
  ];
};

/** The server's own memory while it scans far more than fits into it. */
const measureMemory: Part = async ({ server: { url, pid }, quick, log }) => {
  const count = quick ? 200_000 : 5_000_000;
  log(`filling ${count} documents`);
  await inProcess('fill', { url, count, indexes: false });
  const memory = watchMemory(pid);
  await inProcess('scan', { url, count });
  const name = `RssAnon during a scan of ${count.toLocaleString('en')} documents`;
  return [{ name, value: memory.stop(), unit: 'MiB', aim: { atMost: 300 } }];
};

function benchOf(bench: string, what: string, parts: readonly Part[]): Bench {
  return async ({ quick, log }: BenchOptions) => {
    const folder = mkdtempSync(join(tmpdir(), 'tidemark-mongodb-'));
    const server = await startServer(join(folder, 'data'));
    const rounds = quick ? 1 : 5;
    const figures: Figure[] = [];
    try {
      for (const part of parts) figures.push(...(await part({ server, rounds, quick, log })));
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true });
    }
    figures.push({ name: 'fsync of 4 KiB', value: fsyncsPerSecond(), unit: '/s' });
    const workload = `${what}; documents of 516 B, each client in a process of its own, fsync on; ${quick ? '1 round' : '5 rounds, median'}`;
    return { bench, workload, figures };
  };
}

/** The embedded MongoDB server against what cannot be avoided; and each part by itself. */
export const MONGODB_BENCHES = {
  mongodb: benchOf('mongodb', 'finds, writes, transactions, scans, updates, memory', [
    measureFinds,
    measureWrites,
    measureTransactions,
    measureScans,
    measureUpdates,
    measureMemory,
  ]),
  'mongodb-finds': benchOf('mongodb-finds', 'finds', [measureFinds]),
  'mongodb-writes': benchOf('mongodb-writes', 'writes in batches of 1,000', [measureWrites]),
  'mongodb-transactions': benchOf('mongodb-transactions', '50 replaces and a checkpoint', [
    measureTransactions,
  ]),
  'mongodb-scans': benchOf('mongodb-scans', 'scans', [measureScans]),
  'mongodb-memory': benchOf('mongodb-memory', 'memory', [measureMemory]),
  'mongodb-updates': benchOf('mongodb-updates', 'updates in batches of 1,000', [measureUpdates]),
} satisfies Record<string, Bench>;
