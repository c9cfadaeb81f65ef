import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { temporaryFolder } from '../../../test/harness/index.js';
import type { BenchOptions } from '../bench.js';
import { anonymousMebibytes } from '../memory.js';
import type { Figure } from '../report.js';
import { firstStreamRead } from './lean-drain.js';
import { inProcess, type ServerProcess, startNode } from './processes.js';

const STREAMS = 1_000_000;
const EVENTS_PER_STREAM = 10;
/** The load is killed once on its way, after this part of it. */
const FIRST_PART = 0.3;
const MEBIBYTE = 1024 * 1024;
const NEVER = 1e15;

/** A log of ten million events in a million streams: how it starts, what it takes, how it is read. */
export async function measureLargeLog({ quick, log }: BenchOptions): Promise<Figure[]> {
  const streams = quick ? STREAMS / 20 : STREAMS;
  const folder = temporaryFolder('bench-eventstoredb');
  const started = async (what: string) => {
    const node = await startAndRead(folder.path);
    log(`${what}: first read after ${node.tookMs.toFixed(0)} ms, RssAnon ${node.mebibytes.toFixed(0)} MiB`);
    return node;
  };
  try {
    const first = await startNode(folder.path);
    const part = EVENTS_PER_STREAM * Math.floor(FIRST_PART * streams);
    log(`loading ${part} events, and more until it is killed`);
    const firstLoad = await load(first, part);
    await killedWhileLoading(first);
    const midLoad = await started('killed while loading');
    log('loading the rest');
    const rest = EVENTS_PER_STREAM * streams - part;
    const secondLoad = await load(midLoad, rest);
    const loadedMebibytes = anonymousMebibytes(midLoad.pid);
    await midLoad.kill();
    const killed = await started('killed right after the load');
    const stoppingAt = performance.now();
    await killed.stop();
    const stopMs = performance.now() - stoppingAt;
    const clean = await started('stopped cleanly');
    const prefix = secondLoad.prefix;
    const reads = await inProcess('randomReads', {
      url: clean.url,
      prefix,
      streams: rest / EVENTS_PER_STREAM,
      events: EVENTS_PER_STREAM * streams,
      reads: quick ? 1_000 : 5_000,
    });
    const readMebibytes = anonymousMebibytes(clean.pid);
    await clean.stop();
    const disk = diskUse(folder.path);
    rmSync(join(folder.path, 'events.index'));
    const rebuilt = await started('without its index');
    await rebuilt.stop();
    return [
      { name: 'events', value: EVENTS_PER_STREAM * streams, unit: '' },
      { name: 'load', value: (part + rest) / (firstLoad.seconds + secondLoad.seconds), unit: 'events/s' },
      { name: 'first read after a clean stop', value: clean.tookMs, unit: 'ms', aim: { atMost: 2_000 } },
      {
        name: 'first read after kill -9 right after the load',
        value: killed.tookMs,
        unit: 'ms',
        aim: { atMost: 10_000 },
      },
      {
        name: 'first read after kill -9 while loading',
        value: midLoad.tookMs,
        unit: 'ms',
        aim: { atMost: 10_000 },
      },
      { name: 'first read without the index file', value: rebuilt.tookMs, unit: 'ms' },
      { name: 'clean stop', value: stopMs, unit: 'ms' },
      { name: 'RssAnon after the load', value: loadedMebibytes, unit: 'MiB', aim: { atMost: 1_024 } },
      { name: 'RssAnon after a start', value: clean.mebibytes, unit: 'MiB', aim: { atMost: 1_024 } },
      { name: 'RssAnon after random reads', value: readMebibytes, unit: 'MiB', aim: { atMost: 1_024 } },
      { name: 'log on disk', value: disk.log / MEBIBYTE, unit: 'MiB' },
      { name: 'index on disk', value: disk.index / MEBIBYTE, unit: 'MiB' },
      { name: 'read of a random stream of ten events, p50', value: reads.streams.p50Ms, unit: 'ms' },
      { name: 'read of a random stream of ten events, p99', value: reads.streams.p99Ms, unit: 'ms' },
      {
        name: 'read of one event of $all at a random position, p50',
        value: reads.positions.p50Ms,
        unit: 'ms',
      },
      {
        name: 'read of one event of $all at a random position, p99',
        value: reads.positions.p99Ms,
        unit: 'ms',
      },
    ];
  } finally {
    folder.remove();
  }
}

async function load({ url }: ServerProcess, events: number): Promise<{ prefix: string; seconds: number }> {
  const startedAt = performance.now();
  const { prefix } = await inProcess('load', { url, events, oneIn: NEVER });
  return { prefix, seconds: (performance.now() - startedAt) / 1_000 };
}

/** Kills the node in the middle of another load. */
async function killedWhileLoading(node: ServerProcess): Promise<void> {
  const loading = inProcess('load', { url: node.url, events: 10_000_000, oneIn: NEVER }).then(
    () => {
      throw new Error('The load ended before its node was killed.');
    },
    () => undefined,
  );
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await node.kill();
  await loading;
}

/** From spawning the node to the first answer to a read. */
async function startAndRead(dataDir: string): Promise<ServerProcess & { tookMs: number; mebibytes: number }> {
  const startedAt = performance.now();
  const node = await startNode(dataDir);
  await firstStreamRead(node.url, '$users');
  const tookMs = performance.now() - startedAt;
  return { ...node, tookMs, mebibytes: anonymousMebibytes(node.pid) };
}

function diskUse(folder: string): { log: number; index: number } {
  const use = { log: 0, index: 0 };
  for (const name of readdirSync(folder)) {
    const bytes = statSync(join(folder, name)).size;
    if (name.endsWith('.log')) use.log += bytes;
    else if (name.endsWith('.index')) use.index += bytes;
  }
  return use;
}
