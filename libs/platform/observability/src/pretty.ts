import type { DestinationStream } from 'pino';
import prettyStream from 'pino-pretty';

/** Coloured lines for people: in this thread, so that the last words of a crash are not lost. */
export function pretty(destination: DestinationStream | undefined): DestinationStream {
  return prettyStream({
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname,context',
    messageFormat: '{if context}{context}: {end}{msg}',
    sync: true,
    ...(destination
      ? { destination: destination as NodeJS.WritableStream, colorize: false }
      : { colorize: true }),
  });
}
