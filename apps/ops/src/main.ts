import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { EXIT, type ExitCode, endingOf } from '#libs/platform/lifecycle';
import { processOutput } from './cli.js';
import { tidemarkProgram } from './program.js';
import { StoreAccess } from './store-access.js';

const { version } = JSON.parse(
  readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'),
) as { version: string };

async function main(): Promise<void> {
  const interrupted = interruptSignal();
  const output = processOutput();
  const stores = new StoreAccess(process.env, output.note);
  const cli = {
    ...output,
    env: process.env,
    interrupted,
    openLog: () => stores.openLog(),
    openSystem: () => stores.openSystem(),
  };
  try {
    await tidemarkProgram(cli, version).parseAsync();
    if (interrupted.aborted) process.exitCode = EXIT.interrupted;
  } catch (error) {
    process.exitCode = failed(error, output.note);
  } finally {
    await stores.close();
  }
  process.exit();
}

/** Commander has already said what was wrong; it counts every misuse as 1. */
function failed(error: unknown, note: (line: string) => void): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const { exitCode, text } = endingOf(error);
  note(text);
  return exitCode;
}

function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(EXIT.interrupted);
      controller.abort();
    });
  return controller.signal;
}

await main();
