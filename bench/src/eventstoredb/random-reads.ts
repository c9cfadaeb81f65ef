import { performance } from 'node:perf_hooks';
import { EventStoreDBClient } from '@eventstore/db-client';

export interface RandomReads {
  readonly url: string;
  /** Streams `<prefix>0` to `<prefix><streams - 1>`, numbered in 12 hexadecimal digits. */
  readonly prefix: string;
  readonly streams: number;
  readonly events: number;
  readonly reads: number;
}

export interface ReadTimes {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Whole streams, and single events of `$all`, by the genuine client, one read at a time, from random places. */
export async function randomReads(
  options: RandomReads,
): Promise<{ streams: ReadTimes; positions: ReadTimes }> {
  const { url, prefix, streams, events, reads } = options;
  const client = EventStoreDBClient.connectionString(url);
  const random = (below: number) => Math.floor(Math.random() * below);
  const readStream = async () => {
    const name = `${prefix}${random(streams).toString(16).padStart(12, '0')}`;
    let count = 0;
    for await (const { event } of client.readStream(name)) if (event?.revision === BigInt(count)) count++;
    if (count !== 10) throw new Error(`Stream ${name} has ${count} events, not 10.`);
  };
  const readPosition = async () => {
    const commit = BigInt(random(events));
    const fromPosition = { commit, prepare: commit };
    for await (const { event } of client.readAll({ fromPosition, maxCount: 1 }))
      if (event?.position.commit !== commit)
        throw new Error(`Another event than that at ${commit} was read.`);
  };
  try {
    for (let warmUp = 0; warmUp < 500; warmUp++) await (warmUp % 2 === 0 ? readStream() : readPosition());
    return { streams: await timesOf(reads, readStream), positions: await timesOf(reads, readPosition) };
  } finally {
    await client.dispose();
  }
}

async function timesOf(reads: number, read: () => Promise<void>): Promise<ReadTimes> {
  const tookMs: number[] = [];
  for (let each = 0; each < reads; each++) {
    const startedAt = performance.now();
    await read();
    tookMs.push(performance.now() - startedAt);
  }
  tookMs.sort((a, b) => a - b);
  return { p50Ms: tookMs[reads >> 1] as number, p99Ms: tookMs[Math.floor(0.99 * reads)] as number };
}
