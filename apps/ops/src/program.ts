import { Command } from 'commander';
import { registerAggregateCommand } from './aggregate/aggregate-command.js';
import { registerImportCommand } from './import/import-command.js';
import { registerProjectionsCommand } from './projections/projections-command.js';
import { registerStatusCommand, type StatusCli } from './status/status-command.js';
import { registerStreamsCommand } from './streams/streams-command.js';
import { registerTraceCommand } from './trace/trace-command.js';

/** The command line `tidemark`, every command registered. */
export function tidemarkProgram(cli: StatusCli, version: string): Command {
  const program = new Command('tidemark')
    .description(
      'The operator’s side of Tidemark: look into the log, replay aggregates, import, prove the read models',
    )
    .version(version)
    .exitOverride()
    .showHelpAfterError('Add --help to see how it is used.')
    .addHelpText(
      'after',
      `
Examples:
  tidemark status
  tidemark streams tail --category order
  tidemark projections verify order-list
  tidemark aggregate history order 1001
  tidemark import online-retail online-retail.csv.gz --dry-run

Stores: those of EVENTSTORE_URL and MONGODB_URL; else those of the running standalone of TIDEMARK_DATA (./.data);
else they are started for as long as the command runs.

Exit codes: 0 right; 1 a finding; 2 bad use or an unknown thing; 3 a store out of reach; 70 a fault in Tidemark
itself, with a stack trace; 130 interrupted.`,
    );
  registerStatusCommand(program, cli);
  registerProjectionsCommand(program, cli);
  registerAggregateCommand(program, cli);
  registerTraceCommand(program, cli);
  registerStreamsCommand(program, cli);
  registerImportCommand(program, cli);
  return program;
}
