import { Command, InvalidArgumentError } from 'commander';
import { CheckedNode } from './eventstoredb/checked-node.js';
import { randomOperation as forNode } from './eventstoredb/random-operations.js';
import { type Failure, type ModelCheckOptions, modelCheck } from './model-check.js';
import { CheckedServer } from './mongodb/checked-server.js';
import { randomOperation as forServer } from './mongodb/operation.js';
import { transactionsCheck } from './mongodb-transactions/transactions-check.js';

const SUBJECTS: Readonly<Record<string, (options: ModelCheckOptions) => Promise<Failure | undefined>>> = {
  eventstoredb: (options) =>
    modelCheck({ randomOperation: forNode, start: () => CheckedNode.start() }, options),
  mongodb: (options) =>
    modelCheck({ randomOperation: forServer, start: () => CheckedServer.start() }, options),
  'mongodb-transactions': concurrentTransactions,
};
const LONGEST_MINIMISING_MS = 300_000;

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 0.');
  return Number(text);
}

/** Clients beside each other: what fails depends on who comes first, so that nothing can be left out and tried again. */
async function concurrentTransactions(options: ModelCheckOptions): Promise<Failure | undefined> {
  const { committed, aborted, faults } = await transactionsCheck(options);
  console.log(`${committed} committed, ${aborted} aborted`);
  if (faults.length === 0) return undefined;
  return {
    operations: options.operations,
    message: faults.slice(0, 10).join('\n'),
    shortest: [],
    shortestMessage: 'none is looked for among concurrent ones',
  };
}

async function main(): Promise<void> {
  const program: Command = new Command('npm run model --')
    .description('Does random operations to a server and to a simple model of it, and compares after each.')
    .argument('<subject>', `one of: ${Object.keys(SUBJECTS).join(', ')}`)
    .option('--operations <n>', 'how many', wholeNumber, 100_000)
    .option('--seed <n>', 'the same seed does the same operations', wholeNumber, Date.now() % 1_000_000)
    .addHelpText('after', '\nExample:\n  npm run model -- eventstoredb --operations 100000 --seed 42')
    .parse();
  const [name = ''] = program.args;
  const check = Object.hasOwn(SUBJECTS, name) ? SUBJECTS[name] : undefined;
  if (!check)
    return program.error(`There is no subject "${name}"; there are: ${Object.keys(SUBJECTS).join(', ')}.`, {
      exitCode: 2,
    });
  const { operations, seed } = program.opts<{ operations: number; seed: number }>();
  console.log(`model ${name}: ${operations} operations, --seed ${seed}`);
  const startedAt = Date.now();
  const seconds = () => ((Date.now() - startedAt) / 1_000).toFixed(0);
  const onProgress = (done: number) => {
    if (done % Math.min(10_000, operations / 10) === 0) console.log(`${done} operations, ${seconds()} s`);
  };
  const failure = await check({ seed, operations, minimiseMs: LONGEST_MINIMISING_MS, onProgress });
  if (failure === undefined) {
    console.log(`model ${name}: ${operations} operations, no difference, ${seconds()} s`);
    return;
  }
  console.log(`Operation ${failure.operations}: ${failure.message}`);
  console.log(`\nThe shortest run found (${failure.shortest.length} operations): ${failure.shortestMessage}`);
  for (const operation of failure.shortest) console.log(`  ${JSON.stringify(operation)}`);
  console.log(`\nAgain: npm run model -- ${name} --operations ${failure.operations} --seed ${seed}`);
  process.exitCode = 1;
}

await main();
