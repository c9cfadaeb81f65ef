import { stdout } from 'node:process';
import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import { pretty } from './pretty.js';

export type { Logger } from 'pino';

export type LogFormat = 'auto' | 'json' | 'pretty';

export interface LoggerSettings {
  /** `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`. */
  readonly level: string;
  /** `auto` is pretty on a terminal, JSON lines elsewhere. */
  readonly format: LogFormat;
  /** Paths to blank besides the credentials, as `redactionPaths` of the event types gives them. */
  readonly personal?: readonly string[];
  /** Where the lines go; standard output unless given. */
  readonly destination?: DestinationStream;
}

/** Headers that carry credentials, wherever a request is logged. */
const CREDENTIALS = ['authorization', 'cookie', 'set-cookie', 'proxy-authorization', 'x-api-key'];

const credentialPaths = CREDENTIALS.flatMap((name) => [
  `["${name}"]`,
  `*["${name}"]`,
  `req.headers["${name}"]`,
  `res.headers["${name}"]`,
]);

/** One pino logger for a process: Fastify takes it as `loggerInstance`, Nest through `NestLogger`. */
export function createLogger(settings: LoggerSettings): Logger {
  const { level, format, personal = [], destination } = settings;
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: [...new Set([...credentialPaths, ...personal])], censor: '[redacted]' },
  };
  const isPretty = format === 'pretty' || (format === 'auto' && stdout.isTTY === true);
  if (isPretty) return pino(options, pretty(destination));
  return pino(options, destination ?? buffered());
}

/** Standard output, without waiting for it: lines that come while one is written go together. Flushed at exit. */
const buffered = () => pino.destination({ dest: stdout.fd, sync: false });

/** Nest's own messages, in the same log. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log = (message: unknown, ...rest: unknown[]): void => this.write('info', message, rest);
  warn = (message: unknown, ...rest: unknown[]): void => this.write('warn', message, rest);
  debug = (message: unknown, ...rest: unknown[]): void => this.write('debug', message, rest);
  verbose = (message: unknown, ...rest: unknown[]): void => this.write('trace', message, rest);
  fatal = (message: unknown, ...rest: unknown[]): void => this.write('fatal', message, rest);
  error = (message: unknown, ...rest: unknown[]): void => this.write('error', message, rest);

  /** Nest ends its arguments with the context's name; before it an error may carry its stack. */
  private write(
    level: 'info' | 'warn' | 'debug' | 'trace' | 'fatal' | 'error',
    message: unknown,
    rest: unknown[],
  ) {
    const context = rest.at(-1);
    const stack = rest.length > 1 ? rest[0] : undefined;
    const fields = { ...(typeof context === 'string' && { context }), ...(stack !== undefined && { stack }) };
    if (message instanceof Error) this.logger[level]({ ...fields, err: message }, message.message);
    else if (typeof message === 'object') this.logger[level]({ ...fields, detail: message });
    else this.logger[level](fields, String(message));
  }
}
