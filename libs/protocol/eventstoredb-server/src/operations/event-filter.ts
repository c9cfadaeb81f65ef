import { GrpcError, GrpcStatus } from '../grpc/index.js';
import { EventFramePeek } from '../wire/index.js';
import { NameVerdicts } from './name-verdicts.js';

export interface FilterOptions {
  readonly filter: EventFilter;
  /** Events looked at in one step of catching up. */
  readonly windowEvents: number;
  /** A checkpoint is due after this many windows. */
  readonly checkpointIntervalMultiplier: number;
}

/** Frames of consecutive events in one buffer. */
export interface FrameRun {
  readonly bytes: Buffer;
  startOf(position: number): number;
}

/**
 * Chooses stored events by stream name or type: a regular expression that may match anywhere, else any of
 * the prefixes. It sees a link as stored, never its target.
 */
export class EventFilter {
  readonly #peek = new EventFramePeek();
  readonly #verdicts: NameVerdicts | undefined;
  readonly #prefixes: readonly Buffer[];

  /** @throws GrpcError UNKNOWN for a pattern that JavaScript cannot read. */
  constructor(
    private readonly on: 'stream' | 'type',
    regex: string,
    prefixes: readonly string[],
  ) {
    this.#verdicts = regex === '' ? undefined : new NameVerdicts(compiled(regex));
    this.#prefixes = prefixes.map((prefix) => Buffer.from(prefix));
  }

  /** The frame starts at `at`. */
  matches(bytes: Buffer, at = 0): boolean {
    const peek = this.#peek;
    if (this.on === 'stream') {
      peek.lookAtStream(bytes, at);
      return this.#fits(bytes, peek.streamStart, peek.streamEnd);
    }
    peek.look(bytes, at);
    return this.#fits(bytes, peek.typeStart, peek.typeEnd);
  }

  #fits(bytes: Buffer, start: number, end: number): boolean {
    if (this.#verdicts !== undefined) return this.#verdicts.of(bytes, start, end);
    for (const prefix of this.#prefixes) if (startsWith(bytes, start, end, prefix)) return true;
    return false;
  }

  /** The first event from `from` on that matches, or that does not; `end` when none before it does. */
  next(run: FrameRun, from: number, end: number, matching: boolean): number {
    for (let position = from; position < end; position++)
      if (this.matches(run.bytes, run.startOf(position)) === matching) return position;
    return end;
  }
}

function startsWith(bytes: Buffer, start: number, end: number, prefix: Buffer): boolean {
  if (end - start < prefix.length) return false;
  for (let index = 0; index < prefix.length; index++)
    if (bytes[start + index] !== prefix[index]) return false;
  return true;
}

function compiled(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch (error) {
    throw new GrpcError(
      GrpcStatus.UNKNOWN,
      `The filter's regular expression is invalid: ${pattern}`,
      {},
      {
        cause: error,
      },
    );
  }
}
