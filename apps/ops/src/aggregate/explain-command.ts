import type { Command } from 'commander';
import type { Cli } from '../cli.js';
import { jsonLine } from '../json.js';
import { openAggregate, toldToUser } from './opened-aggregate.js';
import { type ReplayFlags, withReplayFlags } from './replay-flags.js';
import { changeText, eventJson } from './texts.js';

export function registerExplain(aggregate: Command, cli: Cli): void {
  withReplayFlags(
    aggregate
      .command('explain')
      .description('Every event that touched a field, with what it was before and after')
      .argument('<aggregate>', 'its category: order, creditNote, product, customer')
      .argument('<id>')
      .argument('<field>', 'as totals.units, or a JSON Pointer: /totals/units')
      .option('--json', 'one JSON object a line', false)
      .addHelpText(
        'after',
        '\nExamples:\n  tidemark aggregate explain order 1001 status\n  tidemark aggregate explain order 1001 content.lines.2.quantity',
      ),
  ).action(
    async (category: string, id: string, field: string, flags: ReplayFlags & { readonly json: boolean }) => {
      await toldToUser(async () => {
        const { explain, pointerOf } = await import('#libs/platform/replay');
        const { aggregate, events } = await openAggregate(cli, category, id);
        const path = pointerOf(field);
        for await (const { recorded, before, after } of explain(aggregate, events(), field, flags)) {
          if (cli.interrupted.aborted) return;
          const { event, revision, metadata } = recorded;
          const text = `${revision}  ${event.type}  ${metadata.at}  by ${metadata.actor}\n     ${changeText({ path, before, after })}`;
          await cli.out(flags.json ? jsonLine({ path, before, after, event: eventJson(recorded) }) : text);
        }
      });
    },
  );
}
