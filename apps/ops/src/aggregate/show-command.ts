import { type Command, InvalidArgumentError } from 'commander';
import { EXIT } from '#libs/platform/lifecycle';
import type { StateAt } from '#libs/platform/replay';
import type { Cli } from '../cli.js';
import { jsonText } from '../json.js';
import { placeOption } from '../options.js';
import { openAggregate, toldToUser } from './opened-aggregate.js';
import { type ReplayFlags, withReplayFlags } from './replay-flags.js';
import { eventJson } from './texts.js';

interface Options extends ReplayFlags {
  readonly atRevision?: bigint;
  readonly atTime?: Date;
  readonly recordedAt?: Date;
  readonly atPosition?: bigint;
  readonly json: boolean;
}

export function registerShow(aggregate: Command, cli: Cli): void {
  withReplayFlags(
    aggregate
      .command('show')
      .description('The state, today or at any moment')
      .argument('<aggregate>', 'its category: order, creditNote, product, customer')
      .argument('<id>')
      .option('--at-revision <revision>', 'after this event, counted from 0', placeOption)
      .option('--at-time <time>', 'by the commands’ own time, as 2026-03-01T10:00:00Z', timeOption)
      .option('--recorded-at <time>', 'by the time of append', timeOption)
      .option('--at-position <position>', 'as of a place in the whole log', placeOption)
      .option('--json', 'one JSON object', false)
      .addHelpText(
        'after',
        '\nExamples:\n  tidemark aggregate show order 1001\n  tidemark aggregate show order 1001 --at-revision 7\n  tidemark aggregate show order 1001 --at-time 2011-03-01T10:00Z --json',
      ),
  ).action(async (category: string, id: string, options: Options, command: Command) => {
    const { atRevision, atTime, recordedAt, atPosition } = options;
    const moments = [atRevision, atTime, recordedAt, atPosition].filter((moment) => moment !== undefined);
    if (moments.length > 1)
      command.error('Give one of --at-revision, --at-time, --recorded-at and --at-position.', {
        exitCode: EXIT.usage,
      });
    await toldToUser(async () => {
      const { stateAt } = await import('#libs/platform/replay');
      const { aggregate, stream, events } = await openAggregate(cli, category, id);
      const found = await stateAt(aggregate, events(), options, options);
      await cli.out(options.json ? jsonText(shownState(stream, found)) : stateText(stream, found));
      if (found.timesRunBackwards)
        cli.note(
          'The commands’ times run backwards along this stream: events behind the last one shown may be older than --at-time.',
        );
    });
  });
}

function shownState(stream: string, { last, events, state, timesRunBackwards }: StateAt) {
  return { stream, events, last: last ? eventJson(last) : null, timesRunBackwards, state };
}

function stateText(stream: string, { last, events, state }: StateAt): string {
  const head = last
    ? `${stream} after ${events} events, the last: ${last.event.type} (revision ${last.revision}) at ${last.metadata.at}`
    : `${stream} before its first event`;
  return `${head}\n${jsonText(state)}`;
}

export function timeOption(text: string): Date {
  const time = new Date(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('It must be a time as 2026-03-01T10:00:00Z.');
  return time;
}
