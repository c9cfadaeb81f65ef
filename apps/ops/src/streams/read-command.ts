import type { Command } from 'commander';
import type { Cli } from '../cli.js';
import { countOption, placeOption } from '../options.js';
import { ALL } from './all.js';
import { eventAsJson, eventAsText, showAll, shownEvent } from './shown-event.js';

interface Options {
  readonly from?: bigint;
  readonly backwards: boolean;
  readonly limit: number;
  readonly personal: boolean;
  readonly json: boolean;
}

export function registerRead(streams: Command, cli: Cli): void {
  streams
    .command('read')
    .description(`Events of a stream; of the whole log with '${ALL}'`)
    .argument('<stream>', "for example order-1001 or '$all'")
    .option('-f, --from <place>', `first revision, from 0; of ${ALL}, a commit position`, placeOption)
    .option('-b, --backwards', 'from the end to the beginning', false)
    .option('-n, --limit <count>', 'at most so many', countOption, 1_000)
    .option('--personal', 'also show personal data (names, contacts, addresses)', false)
    .option('--json', 'one JSON object a line', false)
    .addHelpText(
      'after',
      "\nExamples:\n  tidemark streams read order-1001\n  tidemark streams read order-1001 --backwards --limit 1\n  tidemark streams read '$all' --json | jq .type",
    )
    .action(async (stream: string, options: Options) => {
      const { readLog } = await import('./log.js');
      const { client } = await cli.openLog();
      const hide = options.personal ? showAll : (await import('./redaction.js')).redaction;
      for await (const event of readLog(client, stream, options)) {
        if (cli.interrupted.aborted) break;
        const shown = shownEvent(event, hide);
        await cli.out(options.json ? eventAsJson(shown) : eventAsText(shown));
      }
    });
}
