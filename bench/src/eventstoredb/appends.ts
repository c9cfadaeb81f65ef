import { temporaryFolder } from '../../../test/harness/index.js';
import type { BenchOptions } from '../bench.js';
import type { Figure } from '../report.js';
import { inProcess, startNode, startStandIn } from './processes.js';
import { Rounds } from './rounds.js';

const STREAMS = 1_000;
const LEAN_IN_FLIGHT = 512;
const LMDB_WAITERS = 1_000;

/** Durable appends, from clients that do as little as they can and from the genuine one. */
export async function measureAppends({ quick, log }: BenchOptions): Promise<Figure[]> {
  const [rounds, warmUpMs, forMs] = quick ? [1, 1_000, 2_000] : [5, 2_000, 5_000];
  const folder = temporaryFolder('bench-eventstoredb');
  const node = await startNode(folder.path);
  const standIn = await startStandIn('serveWithoutStoring');
  const lmdb = async () => {
    const empty = temporaryFolder('bench-lmdb');
    try {
      const loop = { folder: empty.path, streams: STREAMS, waiters: LMDB_WAITERS, warmUpMs, forMs };
      return await inProcess('lmdbAppendsPerSecond', loop);
    } finally {
      empty.remove();
    }
  };
  const lean = () =>
    inProcess('appendsPerSecond', {
      url: node.url,
      streams: STREAMS,
      inFlight: LEAN_IN_FLIGHT,
      warmUpMs,
      forMs,
    });
  const genuine = async (url: string, inFlight: number) =>
    (await inProcess('genuineAppends', { url, inFlight, warmUpMs, forMs })).perSecond;
  try {
    const measured = await Rounds.of(
      rounds,
      {
        'lean appends': lean,
        'LMDB loop': lmdb,
        '64 in flight, node': () => genuine(node.url, 64),
        '64 in flight, not storing': () => genuine(standIn.url, 64),
        '256 in flight, node': () => genuine(node.url, 256),
        '256 in flight, not storing': () => genuine(standIn.url, 256),
      },
      log,
    );
    const unit = 'appends/s';
    const ofGenuine = ([64, 256] as const).flatMap((inFlight): Figure[] => [
      {
        name: `genuine client, ${inFlight} in flight`,
        value: measured.median(`${inFlight} in flight, node`),
        unit,
      },
      {
        name: `genuine client, ${inFlight} in flight ÷ without storing`,
        value: measured.ratio(`${inFlight} in flight, node`, `${inFlight} in flight, not storing`),
        unit: '',
        aim: { atLeast: 0.9 },
      },
    ]);
    return [
      { name: 'lean BatchAppend client, 512 in flight', value: measured.median('lean appends'), unit },
      { name: 'LMDB in process, 1,000 waiters', value: measured.median('LMDB loop'), unit },
      {
        name: 'lean BatchAppend client ÷ LMDB in process',
        value: measured.ratio('lean appends', 'LMDB loop'),
        unit: '',
        aim: { atLeast: 0.6 },
      },
      ...ofGenuine,
    ];
  } finally {
    await standIn.stop();
    await node.stop();
    folder.remove();
  }
}
