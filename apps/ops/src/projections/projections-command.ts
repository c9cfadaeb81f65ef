import type { Command } from 'commander';
import type { StatusCli } from '../status/status-command.js';
import { registerVerify } from './verify-command.js';

export function registerProjectionsCommand(program: Command, cli: StatusCli): void {
  const projections = program
    .command('projections')
    .description('The read models: prove that they are what the log says')
    .addHelpText(
      'after',
      '\nExamples:\n  tidemark projections verify\n  tidemark projections verify order-list --all',
    );
  registerVerify(projections, cli);
}
