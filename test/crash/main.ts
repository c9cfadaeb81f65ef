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

const LIMIT_SECONDS = 20;

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 0.');
  return Number(text);
}

async function main(): Promise<void> {
  const program: Command = new Command('npm run crash --')
    .description('Kills real processes under load, starts them again, and counts.')
    .argument('<subject>', `one of: ${Object.keys(SUBJECTS).join(', ')}`)
    .option('--rounds <n>', `how many rounds, about 8 s each, at most ${LIMIT_SECONDS}`, wholeNumber, 20)
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
  const { failed, slow } = await run(round, { rounds, seed, from });
  console.log(
    `crash ${name}: ${rounds - from - failed} passed, ${failed} failed, ${slow} took longer than ${LIMIT_SECONDS} s`,
  );
  if (failed > 0) process.exitCode = 1;
}

async function run(
  round: (seed: number) => Promise<RoundOutcome>,
  { rounds, seed, from }: { rounds: number; seed: number; from: number },
): Promise<{ failed: number; slow: number }> {
  const tally = { failed: 0, slow: 0 };
  for (let number = from; number < rounds; number++) {
    const startedAt = performance.now();
    const { acknowledged, unknown, kills, faults } = await round(seed + number).catch(notEnded);
    const seconds = (performance.now() - startedAt) / 1_000;
    console.log(
      `round ${number} (seed ${seed + number}): ${kills} kills, ${acknowledged} acknowledged, ${unknown} refused, ${faults.length} faults, ${seconds.toFixed(1)} s`,
    );
    for (const fault of faults) console.log(`  ${fault}`);
    if (faults.length > 0) tally.failed++;
    if (seconds > LIMIT_SECONDS) tally.slow++;
  }
  return tally;
}

/** A round that does not come to its end is a fault, too; the others still run. */
const notEnded = (error: unknown): RoundOutcome => ({
  acknowledged: 0,
  unknown: 0,
  kills: 0,
  faults: [`did not come to its end: ${error instanceof Error ? error.stack : error}`],
});

await main();
