import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, Hopeless } from './eventually.js';

/** The repository's root, from `dist/test/harness/`. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'NODE_OPTIONS', 'SystemRoot'] as const;

export interface ChildOptions {
  /** A script, from the repository's root: `dist/apps/standalone/src/main.js`. */
  readonly entry: string;
  readonly args?: readonly string[];
  /** All that the child sees besides PATH and the like: settings of the caller's own environment don't leak in. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A Node process under test: its output is kept, and it never outlives the process that started it. */
export class Child {
  readonly #process: ChildProcess;
  readonly exited: Promise<Exit>;
  stdout = '';
  stderr = '';
  exit: Exit | undefined;

  constructor({ entry, args = [], env = {}, cwd = ROOT }: ChildOptions) {
    const inherited = Object.fromEntries(
      INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    );
    const started = spawn(process.execPath, ['--enable-source-maps', join(ROOT, entry), ...args], {
      cwd,
      env: { ...inherited, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = started;
    started.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    const killWithUs = () => void started.kill('SIGKILL');
    process.once('exit', killWithUs);
    this.exited = new Promise((resolve, reject) => {
      started.once('error', reject);
      started.once('close', (code, signal) => {
        process.off('exit', killWithUs);
        this.exit = { code, signal };
        resolve(this.exit);
      });
    });
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error('The process did not start.');
    return this.#process.pid;
  }

  /** Sends the signal and awaits the end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    if (!this.exit) this.#process.kill(signal);
    return this.exited;
  }

  /** `kill -9`: nothing in the process gets to run any more. */
  kill(): Promise<Exit> {
    return this.stop('SIGKILL');
  }

  /** Awaits `probe`; fails at once, with what the child wrote, when the child ends before. */
  until<T>(what: string, probe: () => Promise<T> | T, timeoutMs = 60_000): Promise<T> {
    return eventually(
      what,
      () => {
        if (this.exit) throw new Hopeless(this.#endedBefore(what, this.exit));
        return probe();
      },
      { timeoutMs },
    );
  }

  #endedBefore(what: string, { code, signal }: Exit): string {
    return `Ended with ${signal ?? code} before: ${what}\n${this.stderr}${this.stdout}`;
  }
}

/** Runs a script to its end. */
export async function run(options: ChildOptions): Promise<Exit & { stdout: string; stderr: string }> {
  const child = new Child(options);
  const exit = await child.exited;
  return { ...exit, stdout: child.stdout, stderr: child.stderr };
}
