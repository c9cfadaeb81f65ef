import type { Command } from 'commander';
import { EXIT } from '#libs/platform/lifecycle';
import type { Cli } from '../cli.js';
import { countOption } from '../options.js';
import { eventAsJson, eventAsText, showAll, shownEvent } from './shown-event.js';

interface Options {
  readonly category?: string;
  readonly fromStart: boolean;
  readonly limit?: number;
  readonly personal: boolean;
  readonly json: boolean;
}

export function registerTail(streams: Command, cli: Cli): void {
  streams
    .command('tail')
    .description('Events as they are recorded, until Ctrl-C')
    .argument('[stream]', 'only this stream; the whole log where it is left out')
    .option('-c, --category <name>', 'only streams named <name>-…')
    .option('--from-start', 'first what is there already', false)
    .option('-n, --limit <count>', 'end after so many', countOption)
    .option('--personal', 'also show personal data (names, contacts, addresses)', false)
    .option('--json', 'one JSON object a line', false)
    .addHelpText(
      'after',
      '\nExamples:\n  tidemark streams tail --category order\n  tidemark streams tail order-1001 --from-start --json',
    )
    .action(async (stream: string | undefined, options: Options, command: Command) => {
      if (stream && options.category)
        command.error('Name a stream or a --category, not both.', { exitCode: EXIT.usage });
      const { tailLog } = await import('./log.js');
      const { client } = await cli.openLog();
      const hide = options.personal ? showAll : (await import('./redaction.js')).redaction;
      let left = options.limit ?? Number.POSITIVE_INFINITY;
      for await (const event of tailLog(client, { ...options, ...(stream && { stream }) }, cli.interrupted)) {
        const shown = shownEvent(event, hide);
        await cli.out(options.json ? eventAsJson(shown) : eventAsText(shown));
        if (--left === 0) return;
      }
    });
}
