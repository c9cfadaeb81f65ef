import { types } from 'node:util';
import { EXIT, type ExitCode, FatalError } from './exit-code.js';

export interface Ending {
  readonly exitCode: ExitCode;
  /** For standard error: one sentence, or a stack trace where the fault is Tidemark's own. */
  readonly text: string;
}

/** Errors whose message already is the one clear sentence, by name: this library knows none of their homes. */
const EXIT_CODE_OF_NAME: Readonly<Record<string, ExitCode>> = {
  SettingsError: EXIT.usage,
  DataFolderError: EXIT.usage,
  CommanderError: EXIT.usage,
  MongoServerSelectionError: EXIT.storeOutOfReach,
  MongoNetworkError: EXIT.storeOutOfReach,
};

/** What a process says and ends with when this error stops it. */
export function endingOf(error: unknown): Ending {
  if (error instanceof FatalError) return { exitCode: error.exitCode, text: error.message };
  if (!types.isNativeError(error)) return { exitCode: EXIT.fault, text: `Unexpected: ${String(error)}` };
  const listen = listenProblem(error);
  if (listen) return { exitCode: EXIT.usage, text: listen };
  const exitCode = EXIT_CODE_OF_NAME[error.name] ?? (isUnavailable(error) ? EXIT.storeOutOfReach : undefined);
  if (exitCode !== undefined) return { exitCode, text: error.message };
  return { exitCode: EXIT.fault, text: error.stack ?? error.message };
}

/** A DomainError of the kind that passes: the store was away. */
function isUnavailable(error: Error): boolean {
  return (error as { kind?: unknown }).kind === 'unavailable';
}

function listenProblem(error: Error): string | undefined {
  const { code, syscall, address, port } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  if (syscall !== 'listen' && syscall !== 'bind' && syscall !== 'getaddrinfo') return undefined;
  const where = `${address ?? 'HOST'}:${port ?? ''}`;
  switch (code) {
    case 'EADDRINUSE':
      return `${where} is already in use: stop the other process, or choose another port with PORT.`;
    case 'EACCES':
      return `${where} may not be listened on by this user: choose a port above 1023 with PORT.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${address ?? 'HOST'} is not an address of this machine: set HOST to one that is, such as 127.0.0.1.`;
    default:
      return `Cannot listen on ${where}: ${firstLine(error.message)}`;
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;
