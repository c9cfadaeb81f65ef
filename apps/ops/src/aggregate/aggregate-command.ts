import type { Command } from 'commander';
import type { Cli } from '../cli.js';
import { registerBisect } from './bisect-command.js';
import { registerDiff } from './diff-command.js';
import { registerExplain } from './explain-command.js';
import { registerHistory } from './history-command.js';
import { registerShow } from './show-command.js';
import { registerWhatIf } from './what-if-command.js';

export function registerAggregateCommand(program: Command, cli: Cli): void {
  const aggregate = program
    .command('aggregate')
    .description(
      'How an aggregate got where it is: replay its stream, compare states, find the event behind a fault',
    )
    .addHelpText(
      'after',
      `
Nothing is written. Personal data (names, contacts, addresses) is blanked unless --personal is given.

Examples:
  tidemark aggregate history order 1001
  tidemark aggregate show order 1001 --at-revision 7
  tidemark aggregate bisect order 1001 --where 'state.totals.totalThousandths < 0'`,
    );
  for (const register of [
    registerHistory,
    registerShow,
    registerDiff,
    registerExplain,
    registerBisect,
    registerWhatIf,
  ])
    register(aggregate, cli);
}
