import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import { CheckedNode } from './eventstoredb/checked-node.js';
import { randomOperation as forNode } from './eventstoredb/random-operations.js';
import { type Failure, type ModelCheckOptions, modelCheck } from './model-check.js';
import { CheckedServer } from './mongodb/checked-server.js';
import { randomOperation as forServer } from './mongodb/operation.js';
import { transactionsCheck } from './mongodb-transactions/transactions-check.js';

type Check = (options: ModelCheckOptions) => Promise<Failure | undefined>;

const SUBJECTS: Readonly<Record<string, Check>> = {
  eventstoredb: (options) =>
    modelCheck({ randomOperation: forNode, start: () => CheckedNode.start() }, options),
  mongodb: (options) =>
    modelCheck({ randomOperation: forServer, start: () => CheckedServer.start() }, options),
  'mongodb-transactions': concurrentTransactions,
};
const LONGEST_MINIMISING_MS = 300_000;
/** A run that cannot be shortened depends on time; its last operations say what it was about. */
const MOST_SHOWN = 60;

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
    .option(
      '--lanes <n>',
      'so many servers at once, each in a process of its own with a share',
      wholeNumber,
      1,
    )
    .addHelpText('after', '\nExample:\n  npm run model -- eventstoredb --operations 100000 --seed 42')
    .parse();
  const [name = ''] = program.args;
  const check = Object.hasOwn(SUBJECTS, name) ? SUBJECTS[name] : undefined;
  if (!check)
    return program.error(`There is no subject "${name}"; there are: ${Object.keys(SUBJECTS).join(', ')}.`, {
      exitCode: 2,
    });
  const run = program.opts<Run>();
  console.log(`model ${name}: ${run.operations} operations, --seed ${run.seed} --lanes ${run.lanes}`);
  const hasFailed = run.lanes > 1 ? await inLanes(name, run) : await inOneLane(name, check, run);
  if (hasFailed) process.exitCode = 1;
}

interface Run {
  readonly operations: number;
  readonly seed: number;
  readonly lanes: number;
}

/** A process for each: the EventStoreDB client keeps one table of pending appends for all clients of a process. */
async function inLanes(name: string, { operations, seed, lanes }: Run): Promise<boolean> {
  const exits = Array.from({ length: lanes }, async (_none, lane) => {
    const share = Math.ceil((operations - lane) / lanes);
    const args = [name, '--operations', String(share), '--seed', String(seed + lane)];
    const child = spawn(process.execPath, [...process.execArgv, process.argv[1] as string, ...args], {
      stdio: 'inherit',
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  });
  return (await Promise.all(exits)).some((code) => code !== 0);
}

async function inOneLane(name: string, check: Check, { operations, seed }: Run): Promise<boolean> {
  const startedAt = Date.now();
  const seconds = () => ((Date.now() - startedAt) / 1_000).toFixed(0);
  const onProgress = (done: number) => {
    if (done % Math.min(10_000, operations / 10) === 0)
      console.log(`seed ${seed}: ${done} operations, ${seconds()} s`);
  };
  const failure = await check({ seed, operations, minimiseMs: LONGEST_MINIMISING_MS, onProgress });
  if (failure === undefined) {
    console.log(`model ${name}: ${operations} operations of seed ${seed}, no difference, ${seconds()} s`);
    return false;
  }
  console.log(`Operation ${failure.operations}: ${failure.message}`);
  console.log(`\nThe shortest run found (${failure.shortest.length} operations): ${failure.shortestMessage}`);
  for (const operation of failure.shortest.slice(-MOST_SHOWN)) console.log(`  ${JSON.stringify(operation)}`);
  console.log(`\nAgain: npm run model -- ${name} --operations ${failure.operations} --seed ${seed}`);
  return true;
}

await main();
