import type { Command } from 'commander';
import type { Cli } from '../cli.js';
import { registerList } from './list-command.js';
import { registerRead } from './read-command.js';
import { registerTail } from './tail-command.js';

export function registerStreamsCommand(program: Command, cli: Cli): void {
  const streams = program
    .command('streams')
    .description('Look into the event log: which streams, what is in them')
    .addHelpText(
      'after',
      '\nExamples:\n  tidemark streams list --category order\n  tidemark streams read order-1001',
    );
  registerList(streams, cli);
  registerRead(streams, cli);
  registerTail(streams, cli);
}
