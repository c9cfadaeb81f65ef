import type { Command } from 'commander';
import type { Cli } from '../cli.js';
import { jsonLine } from '../json.js';
import { countOption } from '../options.js';
import { table } from '../table.js';

interface Options {
  readonly category?: string;
  readonly limit: number;
  readonly system: boolean;
  readonly json: boolean;
}

export function registerList(streams: Command, cli: Cli): void {
  streams
    .command('list')
    .description('Streams with their last event, latest first')
    .option('-c, --category <name>', 'only streams named <name>-…')
    .option('-n, --limit <count>', 'at most so many; memory grows with it', countOption, 50)
    .option('--system', "also the store's own streams, named $…", false)
    .option('--json', 'one JSON object a line', false)
    .addHelpText(
      'after',
      '\nExamples:\n  tidemark streams list --category order\n  tidemark streams list --json | jq -r .stream',
    )
    .action(async (options: Options) => {
      const { listStreams } = await import('./list-streams.js');
      const { client } = await cli.openLog();
      const rows: string[][] = [];
      for await (const summary of listStreams(client, options)) {
        if (cli.interrupted.aborted) break;
        if (options.json) await cli.out(jsonLine({ ...summary, lastRevision: Number(summary.lastRevision) }));
        else
          rows.push([
            summary.stream,
            String(summary.lastRevision),
            summary.deleted ? 'deleted' : summary.lastEventType,
            summary.lastRecordedAt,
          ]);
      }
      if (options.json) return;
      if (rows.length === 0) cli.note('There are no such streams.');
      else await cli.out(table(['STREAM', 'LAST REVISION', 'LAST EVENT', 'RECORDED AT'], rows));
      if (rows.length === options.limit) cli.note(`The latest ${options.limit}; more with --limit.`);
    });
}
