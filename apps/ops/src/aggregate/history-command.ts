import type { Command } from 'commander';
import type { Step } from '#libs/platform/replay';
import type { Cli } from '../cli.js';
import { jsonLine } from '../json.js';
import { openAggregate, toldToUser } from './opened-aggregate.js';
import { type ReplayFlags, withReplayFlags } from './replay-flags.js';
import { changeText, eventJson } from './texts.js';

export function registerHistory(aggregate: Command, cli: Cli): void {
  withReplayFlags(
    aggregate
      .command('history')
      .description('The stream as a timeline: who recorded what, when, and what it changed')
      .argument('<aggregate>', 'its category: order, creditNote, product, customer')
      .argument('<id>')
      .option('--json', 'one JSON object a line', false)
      .addHelpText(
        'after',
        '\nExamples:\n  tidemark aggregate history order 1001\n  tidemark aggregate history order 1001 --json | jq -c .changes',
      ),
  ).action(async (category: string, id: string, flags: ReplayFlags & { readonly json: boolean }) => {
    await toldToUser(async () => {
      const { replay } = await import('#libs/platform/replay');
      const { aggregate, events } = await openAggregate(cli, category, id);
      for await (const step of replay(aggregate, events(), flags)) {
        if (cli.interrupted.aborted) return;
        const shown = {
          ...eventJson(step.recorded),
          data: step.recorded.event.data,
          changes: step.changes(),
        };
        await cli.out(flags.json ? jsonLine(shown) : stepText(step));
      }
    });
  });
}

function stepText(step: Step): string {
  const { event, revision, metadata } = step.recorded;
  const head = `${revision}  ${event.type}  ${metadata.at}  by ${metadata.actor}  correlation ${metadata.$correlationId}`;
  const changes = step.changes().map((change) => `     ${changeText(change)}`);
  return [head, ...(changes.length > 0 ? changes : ['     (changes nothing)'])].join('\n');
}
