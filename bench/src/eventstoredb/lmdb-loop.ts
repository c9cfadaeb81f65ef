import { performance } from 'node:perf_hooks';
import { open } from 'lmdb';

const RECORD = Buffer.alloc(350, 1);

export interface LmdbLoop {
  readonly folder: string;
  readonly streams: number;
  readonly waiters: number;
  readonly warmUpMs: number;
  readonly forMs: number;
}

/**
 * What durable appends cost in process on LMDB: each waiter puts a record by position and the position by
 * (stream, revision), and goes on when both are on disk. Appends per second.
 */
export async function lmdbAppendsPerSecond(options: LmdbLoop): Promise<number> {
  const { folder, streams, waiters, warmUpMs, forMs } = options;
  const root = open({ path: folder, overlappingSync: false, maxDbs: 2 });
  try {
    const records = root.openDB<Buffer, number>('records', { encoding: 'binary' });
    const positions = root.openDB<number, [number, number]>('positions', {});
    const revisions = new Int32Array(streams);
    let position = 0;
    let appended = 0;
    let running = true;
    const waiter = async () => {
      while (running) {
        const at = position++;
        const stream = at % streams;
        const revision = revisions[stream] as number;
        revisions[stream] = revision + 1;
        const record = records.put(at, RECORD);
        await positions.put([stream, revision], at);
        await record;
        appended++;
      }
    };
    const all = Promise.all(Array.from({ length: waiters }, waiter));
    await pause(warmUpMs);
    const before = appended;
    const startedAt = performance.now();
    await pause(forMs);
    const perSecond = ((appended - before) * 1_000) / (performance.now() - startedAt);
    running = false;
    await all;
    return perSecond;
  } finally {
    await root.close();
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
