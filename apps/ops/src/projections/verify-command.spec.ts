import { describe, expect, it } from '@jest/globals';
import { CommanderError } from 'commander';
import { tidemarkProgram } from '../program.js';
import type { StatusCli } from '../status/status-command.js';

/** A command line that must not get as far as a store. */
async function refused(...args: string[]): Promise<{ exitCode: number; text: string }> {
  const notToOpen = () => Promise.reject(new Error('A store was opened.'));
  const cli: StatusCli = {
    env: {},
    interrupted: new AbortController().signal,
    out: async () => undefined,
    note: () => undefined,
    openLog: notToOpen,
    openSystem: notToOpen,
  };
  const program = tidemarkProgram(cli, '0');
  let text = '';
  const quiet = (command: typeof program): void => {
    command.exitOverride().configureOutput({ writeErr: (line) => (text += line) });
    for (const each of command.commands) quiet(each);
  };
  quiet(program);
  const error = await program.parseAsync(['projections', 'verify', ...args], { from: 'user' }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CommanderError)) throw error;
  return { exitCode: error.exitCode, text };
}

describe('tidemark projections verify', () => {
  it.each([
    [['--all', '--sample', '3'], 'Give one of --sample, --all and --key.'],
    [['--key', 'a'], '--key needs the name of the projection.'],
    [['order-list', '--as-of', '3'], '--as-of needs the documents: --key.'],
    [['order-list', '--key', 'a', '--as-of', 'noon'], 'It must be a log position, or a time as'],
    [['--sample', '0'], 'It must be a whole number from 1.'],
    [['--sample', 'many'], 'It must be a whole number from 1.'],
    [['one', 'two'], 'too many arguments'],
    [['--colour'], "unknown option '--colour'"],
  ])('refuses %j before it opens anything', async (args, message) =>
    expect((await refused(...args)).text).toContain(message),
  );

  it('counts misuse as bad use', async () =>
    expect(await refused('--all', '--sample', '3')).toMatchObject({ exitCode: 2 }));
});
