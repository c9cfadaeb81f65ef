import { temporaryFolder } from '../../../test/harness/index.js';
import type { BenchOptions } from '../bench.js';
import { median } from '../measure.js';
import type { Figure } from '../report.js';
import { cpuSeconds, inProcess, startNode, startStandIn } from './processes.js';
import { Rounds } from './rounds.js';

/** Reading as fast as the genuine client can take it, and as fast as a client that decodes nothing. */
export async function measureReads({ quick, log }: BenchOptions): Promise<Figure[]> {
  const [rounds, events] = quick ? [1, 60_000] : [5, 300_000];
  const folder = temporaryFolder('bench-eventstoredb');
  const node = await startNode(folder.path);
  try {
    log(`loading ${events} events`);
    await inProcess('load', { url: node.url, events, oneIn: Infinity });
    const standIn = await startStandIn('serveFramesOf', node.url);
    const cores: number[] = [];
    /** Processor time of the node for each second of the client's own. */
    const watched = async (perSecond: () => Promise<number>) => {
      const before = cpuSeconds(node.pid);
      const rate = await perSecond();
      cores.push((cpuSeconds(node.pid) - before) / (events / rate));
      return rate;
    };
    try {
      const measured = await Rounds.of(
        rounds,
        {
          'readAll, node': () => watched(() => inProcess('readAllPerSecond', node.url)),
          'readAll, stand-in': () => inProcess('readAllPerSecond', standIn.url),
          'subscribeToAll, node': () => watched(() => inProcess('subscribeToAllPerSecond', node.url)),
          'subscribeToAll, stand-in': () => inProcess('subscribeToAllPerSecond', standIn.url),
          'raw drain': () => inProcess('drain', node.url),
        },
        log,
      );
      const unit = 'events/s';
      return [
        { name: 'readAll by the genuine client', value: measured.median('readAll, node'), unit },
        { name: 'readAll from the stand-in', value: measured.median('readAll, stand-in'), unit },
        {
          name: 'readAll ÷ from the stand-in',
          value: measured.ratio('readAll, node', 'readAll, stand-in'),
          unit: '',
          aim: { atLeast: 0.9 },
        },
        {
          name: 'subscribeToAll by the genuine client',
          value: measured.median('subscribeToAll, node'),
          unit,
        },
        {
          name: 'subscribeToAll from the stand-in',
          value: measured.median('subscribeToAll, stand-in'),
          unit,
        },
        {
          name: 'subscribeToAll ÷ from the stand-in',
          value: measured.ratio('subscribeToAll, node', 'subscribeToAll, stand-in'),
          unit: '',
          aim: { atLeast: 0.9 },
        },
        { name: "node's own CPU meanwhile", value: median(cores), unit: 'cores', aim: { atMost: 0.25 } },
        { name: 'raw drain of $all', value: measured.median('raw drain'), unit },
        {
          name: 'raw drain ÷ readAll by the genuine client',
          value: measured.ratio('raw drain', 'readAll, node'),
          unit: '',
          aim: { atLeast: 5 },
        },
      ];
    } finally {
      await standIn.stop();
    }
  } finally {
    await node.stop();
    folder.remove();
  }
}
