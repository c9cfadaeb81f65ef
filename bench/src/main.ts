import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import type { Bench } from './bench.js';
import { BENCHES } from './benches.js';
import { printed } from './report.js';

async function main(): Promise<void> {
  const program: Command = new Command('npm run bench --')
    .argument('<name>', `one of: ${Object.keys(BENCHES).join(', ')}`)
    .option('--quick', 'fewer and shorter rounds: does it run, roughly how fast', false)
    .option('--json <file>', 'also write the figures to this file')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run bench -- commands --quick\n  npm run bench -- rebuild --json rebuild.json',
    )
    .parse();
  const [name = ''] = program.args;
  const bench: Bench | undefined = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (!bench)
    program.error(`There is no bench "${name}"; there are: ${Object.keys(BENCHES).join(', ')}.`, {
      exitCode: 2,
    });
  const { quick, json } = program.opts<{ quick: boolean; json?: string }>();
  const report = await bench({ quick, log: (line) => console.error(line) });
  console.log(printed(report));
  if (json) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
}

await main();
