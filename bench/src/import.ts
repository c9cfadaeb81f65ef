import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run, startApp, temporaryFolder, untilReady } from '../../test/harness/index.js';
import type { Bench } from './bench.js';
import { fsyncsPerSecond, median, seconds } from './measure.js';
import { watchMemory } from './memory.js';

/** The real orders of Online Retail, by the command line, into a running standalone. */
export const importOnlineRetail: Bench = async ({ quick, log }) => {
  const rounds = quick ? 1 : 5;
  const times: number[] = [];
  const memory: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const one = await importedOnce(sampleFile());
    log(`import: ${one.seconds.toFixed(1)} s, RssAnon ${one.mebibytes.toFixed(0)} MiB`);
    times.push(one.seconds);
    memory.push(one.mebibytes);
  }
  return {
    bench: 'import',
    workload: `541,909 rows, 18,532 orders and 3,654 credit notes through the command path, fsync on, read models caught up; ${rounds} rounds, median`,
    figures: [
      { name: 'import with read models caught up', value: median(times), unit: 's', aim: { atMost: 60 } },
      { name: 'orders and credit notes', value: (18_532 + 3_654) / median(times), unit: '/s' },
      {
        name: 'RssAnon of the standalone, highest',
        value: Math.max(...memory),
        unit: 'MiB',
        aim: { atMost: 600 },
      },
      { name: 'fsync of 4 KiB', value: fsyncsPerSecond(), unit: '/s' },
    ],
  };
};

/** @throws when the sample is not there: this bench is about real orders. */
export function sampleFile(): string {
  const folder = process.env['TIDEMARK_SAMPLE_DATA'];
  const file = folder && join(folder, 'online-retail.csv.gz');
  if (!file || !existsSync(file))
    throw new Error('Set TIDEMARK_SAMPLE_DATA to the folder that holds online-retail.csv.gz.');
  return file;
}

async function importedOnce(file: string): Promise<{ seconds: number; mebibytes: number }> {
  const folder = temporaryFolder('bench-import');
  const app = await startApp('standalone', { TIDEMARK_DATA: folder.path });
  try {
    await untilReady(app);
    const memory = watchMemory(app.child.pid);
    const took = await seconds(() => imported(file, folder.path, app.url));
    return { seconds: took, mebibytes: memory.stop() };
  } finally {
    await app.child.stop();
    folder.remove();
  }
}

/** Imports, then waits until the reports hold every order. */
async function imported(file: string, dataDir: string, url: string): Promise<void> {
  const rejects = join(dataDir, 'rejects.csv');
  const { code, stderr } = await run({
    entry: 'dist/apps/ops/src/main.js',
    args: ['import', 'online-retail', file, '--rejects', rejects],
    env: { TIDEMARK_DATA: dataDir },
  });
  if (code !== 0) throw new Error(`The import ended with ${code}: ${stderr}`);
  for (;;) {
    const report = (await (await fetch(`${url}/reports/sales-by-country`)).json()) as {
      items: { sales: { orders: number } }[];
    };
    if (report.items.reduce((sum, { sales }) => sum + sales.orders, 0) === 18_532) return;
  }
}
