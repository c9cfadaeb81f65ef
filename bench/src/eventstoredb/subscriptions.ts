import { EventStoreDBClient, jsonEvent, START } from '@eventstore/db-client';
import { temporaryFolder } from '../../../test/harness/index.js';
import type { BenchOptions } from '../bench.js';
import { median } from '../measure.js';
import { anonymousMebibytes } from '../memory.js';
import type { Figure } from '../report.js';
import { inProcess, startNode } from './processes.js';
import { nowMs, PROGRESS, WATCHED } from './subscribers.js';

const PROCESSES = 4;
const CONNECTIONS = 5;

/** One event to very many live subscriptions of the genuine client: memory, and the time until the last has it. */
export async function measureSubscriptions({ quick, log }: BenchOptions): Promise<Figure[]> {
  const [rounds, subscriptions] = quick ? [1, 2_000] : [5, 10_000];
  const folder = temporaryFolder('bench-eventstoredb');
  const node = await startNode(folder.path);
  const client = EventStoreDBClient.connectionString(node.url);
  try {
    const idleMebibytes = anonymousMebibytes(node.pid);
    const openedAt = nowMs();
    const subscribers = Array.from({ length: PROCESSES }, () =>
      inProcess('subscribe', {
        url: node.url,
        connections: CONNECTIONS,
        subscriptionsPerConnection: subscriptions / PROCESSES / CONNECTIONS,
        rounds,
      }),
    );
    const failed = Promise.all(subscribers).then(() => undefined);
    const progress = client.subscribeToStream(PROGRESS, { fromRevision: START })[Symbol.asyncIterator]();
    const everybody = async () => {
      for (let each = 0; each < PROCESSES; each++) await Promise.race([progress.next(), failed]);
    };
    await everybody();
    const openingSeconds = (nowMs() - openedAt) / 1_000;
    const heldMebibytes = anonymousMebibytes(node.pid) - idleMebibytes;
    log(`${subscriptions} subscriptions are live after ${openingSeconds.toFixed(1)} s`);
    const sentAtMs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      sentAtMs.push(nowMs());
      await client.appendToStream(WATCHED, jsonEvent({ type: 'seen', data: { round } }));
      await everybody();
    }
    const answers = await Promise.all(subscribers);
    const tookMs = sentAtMs.map((sentAt, round) => {
      return Math.max(...answers.map(({ lastAtMs }) => lastAtMs[round] as number)) - sentAt;
    });
    return [
      {
        name: 'live subscriptions',
        value: subscriptions,
        unit: `over ${PROCESSES * CONNECTIONS} connections`,
      },
      { name: 'opening all of them', value: openingSeconds, unit: 's' },
      { name: 'memory of the node for them', value: heldMebibytes, unit: 'MiB' },
      { name: 'memory of the node for one', value: (heldMebibytes * 1024) / subscriptions, unit: 'KiB' },
      { name: 'from append until the last has the event', value: median(tookMs), unit: 'ms' },
    ];
  } finally {
    await client.dispose();
    await node.stop();
    folder.remove();
  }
}
