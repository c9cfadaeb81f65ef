import { type Command, InvalidArgumentError } from 'commander';
import type { DomainEvent } from '#libs/platform/kernel';
import { EXIT } from '#libs/platform/lifecycle';
import type { Alteration, Decided, DocumentChange, WhatIf } from '#libs/platform/replay';
import type { Cli } from '../cli.js';
import { jsonText } from '../json.js';
import { placeOption } from '../options.js';
import { alterationFile } from './alteration-file.js';
import { openAggregate, toldToUser } from './opened-aggregate.js';
import { changeText, eventJson, eventText, valueText } from './texts.js';

interface Options {
  readonly drop?: bigint;
  readonly replace?: readonly string[];
  readonly insertAfter?: readonly string[];
  readonly command?: string;
  readonly atRevision?: bigint;
  readonly readModels: boolean;
  readonly personal: boolean;
  readonly json: boolean;
}

export function registerWhatIf(aggregate: Command, cli: Cli): void {
  aggregate
    .command('what-if')
    .description('Another history: what today’s rules would have made of it. Writes nothing')
    .argument('<aggregate>', 'its category: order, creditNote, product, customer')
    .argument('<id>')
    .option('--drop <revision>', 'without this event', placeOption)
    .option('--replace <revision-and-file...>', 'with the event of a JSON file in its place')
    .option(
      '--insert-after <revision-and-file...>',
      'with the events of a JSON file behind it; "start" for the beginning',
    )
    .option('--command <file>', 'with a command of a JSON file, decided --at-revision')
    .option('--at-revision <revision>', 'where the --command comes in (default: at the end)', placeOption)
    .option('--read-models', 'also the documents that would differ', false)
    .option('--personal', 'also show personal data (names, contacts, addresses)', false)
    .option('--json', 'one JSON object', false)
    .addHelpText(
      'after',
      `
An event is {"type": …, "data": {…}} in today's shape; --insert-after takes a list of them, too. A command is
{"type": …, …} as the rules take it. Behind the altered place, every command that is kept with its events is decided again.

Examples:
  tidemark aggregate what-if order 1001 --drop 5
  tidemark aggregate what-if order 1001 --replace 5 event.json --read-models
  tidemark aggregate what-if order 1001 --command cancel.json --at-revision 7`,
    )
    .action(async (category: string, id: string, options: Options, command: Command) => {
      const misuse = misuseOf(options);
      if (misuse) command.error(misuse, { exitCode: EXIT.usage });
      await toldToUser(async () => {
        const { DocumentChanges, whatIf } = await import('#libs/platform/replay');
        const { CONTEXTS } = await import('#libs/contexts');
        const { aggregate, stream, events } = await openAggregate(cli, category, id);
        const { alteration, isAtEnd } = alterationOf(options, Object.keys(aggregate.eventTypes));
        const context = CONTEXTS.find(({ categories }) => Object.hasOwn(categories, category));
        const documents = new DocumentChanges(options.readModels ? (context?.projections ?? []) : []);
        const end = isAtEnd ? await lastRevision(events()) : undefined;
        const altered = end === undefined ? alteration : ({ ...alteration, after: end } as Alteration);
        const found = await whatIf(aggregate, events(), altered, options, documents);
        const shown = { found, documents: documents.found() };
        await cli.out(options.json ? jsonText(asJson(stream, shown)) : asText(stream, shown));
      });
    });
}

interface Shown {
  readonly found: WhatIf;
  readonly documents: readonly DocumentChange[];
}

function misuseOf({ drop, replace, insertAfter, command, atRevision }: Options): string | undefined {
  const given = [drop, replace, insertAfter, command].filter((each) => each !== undefined);
  if (given.length !== 1) return 'Give one of --drop, --replace, --insert-after and --command.';
  if (atRevision !== undefined && command === undefined) return '--at-revision goes with --command.';
  for (const pair of [replace, insertAfter])
    if (pair !== undefined && pair.length !== 2) return 'Give a revision and a file: --replace 5 event.json.';
  return undefined;
}

function alterationOf(
  options: Options,
  types: readonly string[],
): { alteration: Alteration; isAtEnd: boolean } {
  const { drop, replace, insertAfter, command, atRevision } = options;
  const file = alterationFile(types);
  if (drop !== undefined) return { alteration: { kind: 'drop', revision: drop }, isAtEnd: false };
  if (replace) {
    const [revision = '', path = ''] = replace;
    const alteration = { kind: 'replace', revision: revisionOf(revision), event: file.event(path) } as const;
    return { alteration, isAtEnd: false };
  }
  if (insertAfter) {
    const [revision = '', path = ''] = insertAfter;
    const after = revision === 'start' ? -1n : revisionOf(revision);
    return { alteration: { kind: 'insert', after, events: file.events(path) }, isAtEnd: false };
  }
  const alteration = {
    kind: 'command',
    after: atRevision ?? 0n,
    command: file.command(command ?? ''),
  } as const;
  return { alteration, isAtEnd: atRevision === undefined };
}

function revisionOf(text: string): bigint {
  try {
    return placeOption(text);
  } catch (error) {
    throw new InvalidArgumentError(`"${text}" is no revision. ${(error as Error).message}`);
  }
}

async function lastRevision(events: AsyncIterable<{ readonly revision: bigint }>): Promise<bigint> {
  let last = -1n;
  for await (const { revision } of events) last = revision;
  return last;
}

function asJson(stream: string, { found: { decisions, ...rest }, documents }: Shown) {
  const told = decisions.map(({ recorded, ...each }) => ({ event: eventJson(recorded), ...each }));
  return { stream, ...rest, decisions: told, documents };
}

function asText(stream: string, { found, documents }: Shown): string {
  const { changes, command, decisions, notDecided } = found;
  const lines: string[] = [];
  if (command) lines.push(`The command: ${decidedText(command)}`);
  for (const { recorded, events, now } of decisions)
    lines.push(
      `${recorded.metadata.commandType}, which recorded ${eventText(recorded)}${more(events)}: ${decidedText(now)}`,
    );
  if (notDecided > 0)
    lines.push(`${notDecided} later commands are not kept with their events: they stand as recorded.`);
  lines.push(
    changes.length > 0 ? `The state of ${stream} would differ:` : `The state of ${stream} would be the same.`,
  );
  lines.push(...changes.map((change) => `  ${changeText(change)}`));
  for (const { projection, key, changes: fields } of documents)
    lines.push(`${projection} ${key} would differ:`, ...fields.map((change) => `  ${changeText(change)}`));
  return lines.join('\n');
}

const more = (events: readonly DomainEvent[]): string =>
  events.length > 1 ? ` and ${events.length - 1} more` : '';

function decidedText(decided: Decided): string {
  if ('refused' in decided) return `would be refused: ${decided.refused} (${decided.message})`;
  if ('failed' in decided) return `the rules fail: ${decided.failed}`;
  if (decided.events.length === 0) return 'would record nothing';
  return `would record ${decided.events.map(({ type, data }) => `${type} ${valueText(data)}`).join(', ')}`;
}
