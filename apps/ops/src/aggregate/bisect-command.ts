import type { Command } from 'commander';
import { fieldChanges } from '#libs/platform/kernel';
import { EXIT } from '#libs/platform/lifecycle';
import type { Onset } from '#libs/platform/replay';
import type { Cli } from '../cli.js';
import { jsonLine } from '../json.js';
import { openAggregate, openCategory, toldToUser } from './opened-aggregate.js';
import { type ReplayFlags, withReplayFlags } from './replay-flags.js';
import { changeText, eventJson } from './texts.js';

interface Options extends ReplayFlags {
  readonly where: string;
  readonly category?: string;
  readonly json: boolean;
}

export function registerBisect(aggregate: Command, cli: Cli): void {
  withReplayFlags(
    aggregate
      .command('bisect')
      .description('The first event after which a condition holds; ends with 1 where there is one')
      .argument('[aggregate]', 'its category: order, creditNote, product, customer')
      .argument('[id]')
      .requiredOption('--where <condition>', 'in CEL, on state, previous, event, metadata and revision')
      .option('--category <aggregate>', 'every stream of the category: which ones, since when')
      .option('--json', 'one JSON object a line', false)
      .addHelpText(
        'after',
        `
The condition is an expression of the Common Expression Language (cel.dev): state and previous are the states after and
before an event, event has type and data, metadata what was written beside it. Amounts are whole thousandths and compare
exactly; thousandths("2.55") is 2550.

Examples:
  tidemark aggregate bisect order 1001 --where 'state.totals.totalThousandths < 0'
  tidemark aggregate bisect order 1001 --where 'state.status == "cancelled" && previous.status == "shipped"'
  tidemark aggregate bisect --category order --where 'state.totals.units > 1000' --json`,
      ),
  ).action(
    async (category: string | undefined, id: string | undefined, options: Options, command: Command) => {
      const isOne = category !== undefined && id !== undefined && options.category === undefined;
      const isAll = category === undefined && options.category !== undefined;
      if (!isOne && !isAll)
        command.error('Name an aggregate and its id, or a --category.', { exitCode: EXIT.usage });
      await toldToUser(async () => {
        const { Condition } = await import('#libs/platform/replay');
        const condition = new Condition(options.where);
        const found = isAll
          ? await everyOnset(cli, options.category as string, condition, options)
          : await oneOnset(cli, category as string, id as string, condition, options);
        if (found > 0) process.exitCode = EXIT.finding;
        else if (!options.json && !cli.interrupted.aborted) await cli.out('It never holds.');
      });
    },
  );
}

type Where = InstanceType<typeof import('#libs/platform/replay').Condition>;

async function oneOnset(cli: Cli, category: string, id: string, condition: Where, options: Options) {
  const { firstWhere } = await import('#libs/platform/replay');
  const { aggregate, events } = await openAggregate(cli, category, id);
  const onset = await firstWhere(aggregate, events(), condition, options);
  if (onset) await cli.out(options.json ? onsetJson(onset) : onsetText(onset));
  return onset ? 1 : 0;
}

async function everyOnset(cli: Cli, category: string, condition: Where, options: Options): Promise<number> {
  const { firstInEach } = await import('#libs/platform/replay');
  const { aggregate, events } = await openCategory(cli, category);
  let found = 0;
  for await (const onset of firstInEach(aggregate, events(), condition, options)) {
    found++;
    const { recorded } = onset;
    const line = `${recorded.stream}@${recorded.revision}  ${recorded.event.type}  ${recorded.metadata.at}  by ${recorded.metadata.actor}`;
    await cli.out(options.json ? onsetJson(onset) : line);
  }
  return found;
}

const onsetJson = ({ recorded, before, after }: Onset): string =>
  jsonLine({ event: eventJson(recorded), data: recorded.event.data, before, after });

function onsetText({ recorded, before, after }: Onset): string {
  const { event, stream, revision, metadata } = recorded;
  const head = `Since ${event.type} (${stream}@${revision}) at ${metadata.at}, by ${metadata.actor}:`;
  return [head, ...fieldChanges(before, after).map((change) => `  ${changeText(change)}`)].join('\n');
}
