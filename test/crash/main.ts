import { Command, InvalidArgumentError } from 'commander';
import { CONTEXTS } from '#libs/contexts';
import { eventStoreDbRound } from './eventstoredb/round.js';
import { mongoDbRound } from './mongodb/round.js';
import { type RoundOutcome, standaloneRound } from './standalone-round.js';

const SUBJECTS: Readonly<Record<string, (seed: number) => Promise<RoundOutcome>>> = {
  standalone: (seed) => standaloneRound(seed, CONTEXTS),
  eventstoredb: eventStoreDbRound,
  mongodb: mongoDbRound,
};

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 0.');
  return Number(text);
}

async function main(): Promise<void> {
  const program: Command = new Command('npm run crash --')
    .description('Kills real processes under load, starts them again, and counts.')
    .argument('<subject>', `one of: ${Object.keys(SUBJECTS).join(', ')}`)
    .option('--rounds <n>', 'how many rounds, each of at most 20 s', wholeNumber, 20)
    .option('--seed <n>', 'the run’s seed: round r uses seed + r', wholeNumber, Date.now() % 1_000_000)
    .option('--from <round>', 'go on at this round of an interrupted run', wholeNumber, 0)
    .addHelpText(
      'after',
      '\nExamples:\n  npm run crash -- standalone --rounds 200\n  npm run crash -- standalone --seed 42 --from 17 --rounds 18',
    )
    .parse();
  const [name = ''] = program.args;
  const round = Object.hasOwn(SUBJECTS, name) ? SUBJECTS[name] : undefined;
  if (!round)
    return program.error(`There is no subject "${name}"; there are: ${Object.keys(SUBJECTS).join(', ')}.`, {
      exitCode: 2,
    });
  const { rounds, seed, from } = program.opts<{ rounds: number; seed: number; from: number }>();
  console.log(`crash ${name}: ${rounds} rounds, --seed ${seed} --from ${from}`);
  const failed = await run(round, { rounds, seed, from });
  console.log(`crash ${name}: ${rounds - from - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

async function run(
  round: (seed: number) => Promise<RoundOutcome>,
  { rounds, seed, from }: { rounds: number; seed: number; from: number },
): Promise<number> {
  let failed = 0;
  for (let number = from; number < rounds; number++) {
    const startedAt = Date.now();
    const { acknowledged, unknown, kills, faults } = await round(seed + number);
    const took = ((Date.now() - startedAt) / 1_000).toFixed(1);
    console.log(
      `round ${number} (seed ${seed + number}): ${kills} kills, ${acknowledged} acknowledged, ${unknown} refused, ${faults.length} faults, ${took} s`,
    );
    for (const fault of faults) console.log(`  ${fault}`);
    if (faults.length > 0) failed++;
  }
  return failed;
}

await main();
