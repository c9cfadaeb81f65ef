import type { Command } from 'commander';
import { EXIT, FatalError } from '#libs/platform/lifecycle';
import type { Cli } from '../cli.js';
import { jsonText } from '../json.js';
import { countOption } from '../options.js';
import { type ProgressDisplay, progressDisplay } from '../progress-display.js';
import type { System } from '../system.js';
import { StoreStayedAwayError, UnreadableFileError, WrongFileError } from './import-errors.js';
import { importMeasure } from './import-measure.js';
import type { ImportOutcome, ImportPorts, ImportProgress } from './import-online-retail.js';
import { isClean } from './summary.js';
import { summaryJson, summaryText } from './summary-text.js';

interface Options {
  readonly rejects?: string;
  readonly dryRun: boolean;
  readonly inFlight: number;
  readonly json: boolean;
}

export function registerImportCommand(program: Command, cli: Cli): void {
  program
    .command('import')
    .description('Bring in orders from elsewhere, through the same commands as the API')
    .addHelpText('after', '\nExamples:\n  tidemark import online-retail online-retail.csv.gz')
    .command('online-retail')
    .description('The Online Retail data (UCI 352): one order per sale invoice of a known customer')
    .argument('<file>', 'CSV in UTF-8, plain or gzip')
    .option('--rejects <file>', 'where the rows left out go, with the reason (default: <file>.rejects.csv)')
    .option('--dry-run', 'check the file and count, and write nothing', false)
    .option('--in-flight <count>', 'commands under way at once', countOption, 64)
    .option('--json', 'the outcome as one JSON object', false)
    .addHelpText(
      'after',
      `
Interrupted at any point, run it again: it goes on where it was. Run twice, it adds nothing.

Examples:
  tidemark import online-retail online-retail.csv.gz
  tidemark import online-retail online-retail.csv.gz --dry-run --json | jq .orders`,
    )
    .action((file: string, options: Options) => run(file, options, cli));
}

async function run(file: string, options: Options, cli: Cli): Promise<void> {
  const startedAt = performance.now();
  const rejects = options.dryRun ? undefined : (options.rejects ?? `${file}.rejects.csv`);
  const progress = progressDisplay(process.stderr, cli.note, importMeasure);
  const outcome = await imported(file, rejects, options, cli, progress);
  const seconds = (performance.now() - startedAt) / 1000;
  const written = outcome.complete ? rejects : undefined;
  const told = { ...outcome, file, dryRun: options.dryRun, rejects: written, seconds };
  await cli.out(options.json ? jsonText(summaryJson(told)) : summaryText(told));
  if (!outcome.complete) cli.note('Interrupted: run it again, and it goes on from here.');
  else if (!isClean(outcome.summary)) process.exitCode = EXIT.finding;
}

async function imported(
  file: string,
  rejects: string | undefined,
  options: Options,
  cli: Cli,
  progress: ProgressDisplay<ImportProgress>,
): Promise<ImportOutcome> {
  // Nest and the contexts, only for those who import
  const { commandBusTarget } = await import('./command-bus-target.js');
  const { importOnlineRetail } = await import('./import-online-retail.js');
  let closeRehearsal: (() => Promise<void>) | undefined;
  let system: System | undefined;
  const ports: ImportPorts = {
    interrupted: cli.interrupted,
    note: (line) => progress.note(line),
    onProgress: (now) => progress.show(now),
    async openTarget() {
      if (!options.dryRun) {
        system = await cli.openSystem();
        return commandBusTarget(system.commandBus);
      }
      const { openRehearsal } = await import('./rehearsal.js');
      const rehearsal = await openRehearsal();
      closeRehearsal = () => rehearsal.close();
      return commandBusTarget(rehearsal.commandBus);
    },
  };
  try {
    const { inFlight } = options;
    const outcome = await importOnlineRetail(
      file,
      { inFlight, ...(rejects === undefined ? {} : { rejectsPath: rejects }) },
      ports,
    );
    if (outcome.position !== undefined) await readModelsFollow(system, outcome.position, cli);
    return outcome;
  } catch (error) {
    throw explained(file, error);
  } finally {
    progress.end();
    await closeRehearsal?.();
  }
}

/** Interrupted, the events are in the log all the same: the read models follow at the next start. */
async function readModelsFollow(system: System | undefined, position: bigint, cli: Cli): Promise<void> {
  await system?.caughtUp(position, cli.interrupted).catch((error: unknown) => {
    if (!cli.interrupted.aborted) throw error;
  });
}

/** What the user can do something about, as one sentence with its exit code. */
function explained(file: string, error: unknown): unknown {
  if (error instanceof WrongFileError) return new FatalError(error.message, EXIT.usage, { cause: error });
  if (error instanceof UnreadableFileError)
    return new FatalError(
      `${file}, ${error.message}. Complete invoices before that line are imported; mend the file and run it again.`,
      EXIT.finding,
      { cause: error },
    );
  if (error instanceof StoreStayedAwayError)
    return new FatalError(
      `The event store stayed away: ${error.message} Run it again once the store is back, and it goes on from here.`,
      EXIT.storeOutOfReach,
      { cause: error },
    );
  return error;
}
