import { temporaryFolder } from '../../test/harness/index.js';
import type { Bench } from './bench.js';
import { type LoadResult, underLoad } from './load.js';
import { fsyncsPerSecond, interleaved } from './measure.js';
import { watchMemory } from './memory.js';
import { ORDER, placeOne, startStandaloneWithEmptyRoute } from './standalone.js';

const CONNECTIONS = 64;

/** Validated durable orders, each on disk when answered, against an empty handler in the same process. */
export const commands: Bench = async ({ quick, log }) => {
  const [rounds, seconds, warmUpSeconds] = quick ? [1, 3, 2] : [5, 30, 10];
  const folder = temporaryFolder('bench-commands');
  const { child, url } = await startStandaloneWithEmptyRoute(folder.path);
  try {
    const load = (path: string, forSeconds: number) =>
      underLoad({
        url: `${url}${path}`,
        method: 'POST',
        body: ORDER,
        connections: CONNECTIONS,
        seconds: forSeconds,
      });
    const memory = watchMemory(child.pid);
    log(`warming up for ${warmUpSeconds} s each`);
    await load('/orders', warmUpSeconds);
    await load('/bench/empty', warmUpSeconds);
    let last: LoadResult | undefined;
    const ratio = await interleaved(
      rounds,
      async () => {
        last = await load('/orders', seconds);
        log(`POST /orders: ${last.requestsPerSecond.toFixed(0)}/s`);
        return last.requestsPerSecond;
      },
      async () => (await load('/bench/empty', seconds)).requestsPerSecond,
    );
    const caughtUpSeconds = await catchUpSeconds(url);
    return {
      bench: 'commands',
      workload: `POST /orders with one line, fsync on, projector following; ${CONNECTIONS} connections, ${rounds} × ${seconds} s, median`,
      figures: [
        { name: 'POST /orders', value: ratio.numerator, unit: 'orders/s' },
        { name: 'p50 of the last round', value: last?.p50Ms ?? Number.NaN, unit: 'ms' },
        { name: 'p99 of the last round', value: last?.p99Ms ?? Number.NaN, unit: 'ms' },
        { name: 'empty handler', value: ratio.denominator, unit: 'requests/s' },
        { name: 'orders ÷ empty handler', value: ratio.ratio, unit: '', aim: { atLeast: 0.25 } },
        { name: 'read models caught up after', value: caughtUpSeconds, unit: 's' },
        { name: 'fsync of 4 KiB', value: fsyncsPerSecond(), unit: '/s' },
        { name: 'RssAnon, highest', value: memory.stop(), unit: 'MiB', aim: { atMost: 600 } },
      ],
    };
  } finally {
    await child.stop();
    folder.remove();
  }
};

/** Places one more order and waits until it is read: how far behind the read models were. */
async function catchUpSeconds(url: string): Promise<number> {
  const { orderId, position } = await placeOne(url);
  const startedAt = performance.now();
  for (;;) {
    const headers = { 'tidemark-consistency': position, prefer: 'wait=60' };
    if ((await fetch(`${url}/orders/${orderId}`, { headers })).ok)
      return (performance.now() - startedAt) / 1_000;
  }
}
