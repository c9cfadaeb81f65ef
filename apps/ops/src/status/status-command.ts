import type { Command } from 'commander';
import { EXIT } from '#libs/platform/lifecycle';
import type { Cli } from '../cli.js';
import { jsonText } from '../json.js';
import type { OpenedSystem } from '../system.js';
import { table } from '../table.js';
import type { SystemStatus } from './read-status.js';

/** What `status` looks at besides the commands. */
export type StatusCli = Omit<Cli, 'openSystem'> & { openSystem(): Promise<OpenedSystem> };

/** On stores that this command had to start, how long their read models may take to catch up before it shows them. */
const CATCH_UP_LIMIT_MS = 10_000;

export function registerStatusCommand(program: Command, cli: StatusCli): void {
  program
    .command('status')
    .description('The stores and the read models on one screen; ends with 1 where a read model is stopped')
    .option('--json', 'one JSON object', false)
    .addHelpText('after', '\nExamples:\n  tidemark status\n  tidemark status --json | jq .readModels')
    .action(async ({ json }: { readonly json: boolean }) => {
      const { areSettled, settledStatus } = await import('./read-status.js');
      const system = await cli.openSystem();
      const { client } = await cli.openLog();
      const status = await settledStatus(system, client, CATCH_UP_LIMIT_MS, cli.interrupted);
      if (system.projects && !areSettled(status))
        cli.note(
          `The read models had ${CATCH_UP_LIMIT_MS / 1_000} s to catch up, and follow the log only while something runs.`,
        );
      await cli.out(json ? jsonText(status) : statusText(status));
      if (status.stores.some(({ up }) => !up)) process.exitCode = EXIT.storeOutOfReach;
      else if (status.readModels.some(({ state }) => state === 'stopped')) process.exitCode = EXIT.finding;
    });
}

export function statusText({ stores, readModels }: SystemStatus): string {
  const storeRows = stores.map(({ name, address, up, reason = '' }) => [
    name,
    up ? 'up' : 'down',
    address,
    reason,
  ]);
  const modelRows = readModels.map(({ name, state, position, lagSeconds, reason = '' }) => [
    name,
    state,
    position ?? '',
    lagSeconds ? `${lagSeconds.toFixed(1)} s` : '',
    reason,
  ]);
  const parts = [table(['STORE', 'STATE', 'ADDRESS', ''], storeRows)];
  if (modelRows.length > 0) parts.push(table(['READ MODEL', 'STATE', 'POSITION', 'LAG', ''], modelRows));
  return parts.join('\n\n');
}
