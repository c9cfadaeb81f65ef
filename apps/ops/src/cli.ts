import { once } from 'node:events';
import type { EventStoreDBClient } from '@eventstore/db-client';
import type { System } from './system.js';

/** What a command of the CLI works with. */
export interface Cli {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by the first Ctrl-C or SIGTERM: finish what is in flight and end with 130. A second one ends at once. */
  readonly interrupted: AbortSignal;
  /** Writes a line to standard output, at the reader's pace: results, and under `--json` nothing but JSON. */
  out(line: string): Promise<void>;
  /** Writes a line to standard error: what a person wants to know beside the result. */
  note(line: string): void;
  /** The event log alone. Closed by the CLI. */
  openLog(): Promise<{ readonly client: EventStoreDBClient }>;
  /** Both stores, and the contexts' commands on them. Closed by the CLI. */
  openSystem(): Promise<System>;
}

/** Standard output and error of this process. Output that nobody reads any more (`| head`) ends it quietly. */
export function processOutput(): Pick<Cli, 'out' | 'note'> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  return {
    async out(line) {
      if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
    },
    note: (line) => void process.stderr.write(`${line}\n`),
  };
}
