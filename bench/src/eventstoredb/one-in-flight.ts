import { temporaryFolder } from '../../../test/harness/index.js';
import type { BenchOptions } from '../bench.js';
import { median } from '../measure.js';
import type { Figure } from '../report.js';
import { inProcess, startNode } from './processes.js';
import { Rounds } from './rounds.js';

/** How long one append takes that has the node to itself, against the disk and the wire alone. */
export async function measureOneInFlight({ quick, log }: BenchOptions): Promise<Figure[]> {
  const [rounds, times] = quick ? [1, 1_000] : [5, 2_000];
  const folder = temporaryFolder('bench-eventstoredb');
  const node = await startNode(folder.path);
  const { url } = node;
  try {
    const measured = await Rounds.of(
      rounds,
      {
        append: async () =>
          (await inProcess('genuineAppends', { url, inFlight: 1, warmUpMs: 2_000, forMs: times })).p50Ms,
        fsync: () => inProcess('appendAndFsyncP50Ms', { folder: folder.path, times }),
        call: () => inProcess('supportedMethodsP50Ms', { url, times }),
      },
      log,
    );
    const ratios = measured
      .of('append')
      .map(
        (append, round) =>
          append / ((measured.of('fsync')[round] as number) + (measured.of('call')[round] as number)),
      );
    return [
      { name: 'append, one in flight, p50', value: measured.median('append'), unit: 'ms' },
      { name: 'append 4 KiB and fsync, p50', value: measured.median('fsync'), unit: 'ms' },
      { name: 'GetSupportedMethods by grpc-js, p50', value: measured.median('call'), unit: 'ms' },
      { name: 'append ÷ (fsync + call)', value: median(ratios), unit: '', aim: { atMost: 1.3 } },
    ];
  } finally {
    await node.stop();
    folder.remove();
  }
}
