import { type Command, InvalidArgumentError } from 'commander';
import { EXIT } from '#libs/platform/lifecycle';
import type { Cli } from '../cli.js';
import { jsonText } from '../json.js';
import { placeOption } from '../options.js';
import { openAggregate, toldToUser } from './opened-aggregate.js';
import { type ReplayFlags, withReplayFlags } from './replay-flags.js';
import { changeText, eventJson, eventText } from './texts.js';

export function registerDiff(aggregate: Command, cli: Cli): void {
  withReplayFlags(
    aggregate
      .command('diff')
      .description('What changed between two revisions, field by field, with the event that set each')
      .argument('<aggregate>', 'its category: order, creditNote, product, customer')
      .argument('<id>')
      .argument('<from>', 'a revision, or "start" for the state before the first event', fromArgument)
      .argument('<to>', 'a later revision', placeOption)
      .option('--json', 'one JSON object', false)
      .addHelpText(
        'after',
        '\nExamples:\n  tidemark aggregate diff order 1001 3 9\n  tidemark aggregate diff order 1001 start 0 --json',
      ),
  ).action(
    async (
      category: string,
      id: string,
      from: bigint,
      to: bigint,
      options: ReplayFlags & { readonly json: boolean },
      command: Command,
    ) => {
      if (from >= to) command.error('<to> must be a later revision than <from>.', { exitCode: EXIT.usage });
      await toldToUser(async () => {
        const { diffStates } = await import('#libs/platform/replay');
        const { aggregate, stream, events } = await openAggregate(cli, category, id);
        const changes = await diffStates(aggregate, events(), [from, to], options);
        if (options.json) {
          const told = changes.map(({ recorded, ...change }) => ({ ...change, event: eventJson(recorded) }));
          await cli.out(jsonText({ stream, from, to, changes: told }));
        } else if (changes.length === 0) await cli.out(`${stream}: nothing changed.`);
        else
          for (const { recorded, ...change } of changes)
            await cli.out(`${changeText(change)}  set by ${eventText(recorded)}`);
      });
    },
  );
}

function fromArgument(text: string): bigint {
  if (text === 'start') return -1n;
  if (!/^\d/.test(text)) throw new InvalidArgumentError('It must be a revision, from 0, or "start".');
  return placeOption(text);
}
