import { EXIT } from './exit-code.js';
import { endingOf } from './fatal.js';

export interface Running {
  /** Stops in order, keeping what was acknowledged. */
  close(): Promise<void>;
  /** How long `close` may take, in milliseconds; what is still open then is dropped, as a kill would. */
  readonly stopLimitMs: number;
  /** Rejects when something that the process cannot go on without is gone. */
  readonly failed?: Promise<never>;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a long-lived process. The first signal (Ctrl-C, SIGTERM, SIGHUP) stops it in order and it ends with 0; a second
 * one ends it at once with 130. A start that fails ends with one sentence on standard error and the code of EXIT.
 */
export async function runApp(start: () => Promise<Running>): Promise<void> {
  const stopAsked = firstSignal();
  process.once('uncaughtException', (error) => void end(error, running));
  process.once('unhandledRejection', (error) => void end(error, running));
  let running: Running | undefined;
  try {
    running = await start();
    await Promise.race([stopAsked, running.failed ?? stopAsked]);
    process.exitCode = EXIT.ok;
  } catch (error) {
    report(error);
  }
  await closeInTime(running);
  process.exit();
}

function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of SIGNALS)
      process.on(signal, () => {
        if (asked) process.exit(EXIT.interrupted);
        asked = true;
        resolve();
      });
  });
}

async function end(error: unknown, running: Running | undefined): Promise<void> {
  report(error);
  await closeInTime(running);
  process.exit();
}

function report(error: unknown): void {
  const { text, exitCode } = endingOf(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = exitCode;
}

async function closeInTime(running: Running | undefined): Promise<void> {
  if (!running) return;
  const timer = setTimeout(() => {
    process.stderr.write(`Not stopped within ${running.stopLimitMs} ms; what was still open is dropped.\n`);
    process.exit(EXIT.fault);
  }, running.stopLimitMs);
  try {
    await running.close();
  } catch (error) {
    report(error);
  } finally {
    clearTimeout(timer);
  }
}
