import { type Command, InvalidArgumentError } from 'commander';
import { EXIT, FatalError } from '#libs/platform/lifecycle';
import type { OpenedVerification, ProjectionReport, Scope } from '#libs/platform/projections';
import type { Cli } from '../cli.js';
import { jsonText } from '../json.js';
import { countOption, placeOption } from '../options.js';
import { progressDisplay } from '../progress-display.js';
import { asOfText } from './as-of-text.js';
import { reportText } from './report-text.js';
import { verificationMeasure } from './verification-measure.js';

interface Options {
  readonly sample?: number;
  readonly all: boolean;
  readonly key: readonly string[];
  readonly asOf?: bigint | Date;
  readonly json: boolean;
}

const DEFAULT_SAMPLE = 1_000;

export function registerVerify(projections: Command, cli: Cli): void {
  projections
    .command('verify')
    .description('Fold the log again and compare the stored documents with it; ends with 1 on any difference')
    .argument('[projection]', 'one read model; all of them where it is left out')
    .option(
      '--sample <count>',
      `about so many documents of each, chosen at random (default: ${DEFAULT_SAMPLE})`,
      countOption,
    )
    .option('--all', 'every document', false)
    .option(
      '--key <key>',
      'this document; may be repeated',
      (key: string, keys: string[]) => [...keys, key],
      [],
    )
    .option(
      '--as-of <place>',
      'show the documents of --key as a fold up to a log position, or a time of append, gives them',
      asOfOption,
    )
    .option('--json', 'one JSON object', false)
    .addHelpText(
      'after',
      `
Nothing is changed, and the projector may go on meanwhile: what is merely behind is not taken for wrong.

Examples:
  tidemark projections verify
  tidemark projections verify order-list --all
  tidemark projections verify order-details --key 1001 --json
  tidemark projections verify order-details --key 1001 --as-of 2026-03-01T10:00:00Z`,
    )
    .action(async (projection: string | undefined, options: Options, command: Command) => {
      const misuse = misuseOf(projection, options);
      if (misuse) command.error(misuse, { exitCode: EXIT.usage });
      const opened = await openOn(cli);
      try {
        if (options.asOf === undefined) await verify(opened, projection, options, cli);
        else await showAsOf(opened, projection as string, options.asOf, options, cli);
      } catch (error) {
        if (!cli.interrupted.aborted) throw error;
        cli.note('Interrupted: nothing was changed.');
      } finally {
        await opened.close();
      }
    });
}

function misuseOf(projection: string | undefined, { sample, all, key, asOf }: Options): string | undefined {
  if ([sample !== undefined, all, key.length > 0].filter(Boolean).length > 1)
    return 'Give one of --sample, --all and --key.';
  if (key.length > 0 && !projection) return '--key needs the name of the projection.';
  if (asOf !== undefined && key.length === 0) return '--as-of needs the documents: --key.';
  return undefined;
}

async function openOn(cli: Cli): Promise<OpenedVerification> {
  const { openVerification } = await import('#libs/platform/projections');
  const { CONTEXTS } = await import('#libs/contexts');
  const { eventStoreUrl, mongoUrl } = await cli.openSystem();
  return openVerification({ eventStoreUrl, mongoUrl, contexts: CONTEXTS });
}

async function verify(
  { registry, verification }: OpenedVerification,
  projection: string | undefined,
  options: Options,
  cli: Cli,
): Promise<void> {
  const projections = projection ? [known(registry, projection)] : registry.projections;
  const progress = progressDisplay(process.stderr, cli.note, verificationMeasure);
  try {
    const reports = await verification.run({
      projections,
      scope: scopeOf(options),
      signal: cli.interrupted,
      onProgress: (now) => progress.show(now),
    });
    progress.end();
    await cli.out(options.json ? jsonText({ projections: reports }) : reports.map(reportText).join('\n'));
    if (reports.some(isFinding)) process.exitCode = EXIT.finding;
  } finally {
    progress.end();
  }
}

async function showAsOf(
  { registry, verification }: OpenedVerification,
  projection: string,
  asOf: bigint | Date,
  { key: keys, json }: Options,
  cli: Cli,
): Promise<void> {
  const { fieldChanges } = await import('#libs/platform/kernel');
  const registered = known(registry, projection);
  const then = await verification.documentsAt(registered, keys, asOf);
  const now = await verification.storedNow(registered, keys);
  const documents = keys.map((key) => {
    const [before, today] = [then.documents.get(key), now.documents.get(key)];
    const changes = fieldChanges(before, today).map(({ path, ...sides }) => ({
      path,
      past: sides.before,
      today: sides.after,
    }));
    return { key, past: before ?? null, today: today ?? null, changes };
  });
  const shown = {
    projection: registered.id,
    position: then.position,
    todayPosition: now.checkpoint.position,
    documents,
  };
  await cli.out(json ? jsonText(shown) : asOfText(shown));
}

/** @throws FatalError an unknown name; the message lists the known ones. */
function known(registry: OpenedVerification['registry'], name: string) {
  try {
    return registry.named(name);
  } catch (error) {
    throw new FatalError((error as Error).message, EXIT.usage, { cause: error });
  }
}

function scopeOf({ sample, all, key }: Options): Scope {
  if (key.length > 0) return { kind: 'keys', keys: key };
  return all ? { kind: 'all' } : { kind: 'sample', size: sample ?? DEFAULT_SAMPLE };
}

/** What was never built has nothing that could be right. */
const isFinding = ({ unequal, state }: ProjectionReport): boolean => unequal > 0 || state === 'not_built';

function asOfOption(text: string): bigint | Date {
  if (/^\d{1,19}$/.test(text)) return placeOption(text);
  const time = new Date(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('It must be a log position, or a time as 2026-03-01T10:00:00Z.');
  return time;
}
