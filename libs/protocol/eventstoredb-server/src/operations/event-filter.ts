import { GrpcError, GrpcStatus } from '../grpc/index.js';
import { EventFramePeek } from '../wire/index.js';

export interface FilterOptions {
  readonly filter: EventFilter;
  /** Events looked at in one step of catching up. */
  readonly windowEvents: number;
  /** A checkpoint is due after this many windows. */
  readonly checkpointIntervalMultiplier: number;
}

/**
 * Chooses stored events by stream name or type: a regular expression that may match anywhere, else any of
 * the prefixes. It sees a link as stored, never its target.
 */
export class EventFilter {
  readonly #peek = new EventFramePeek();
  readonly #regex: RegExp | undefined;
  readonly #prefixes: readonly Buffer[];

  /** @throws GrpcError UNKNOWN for a pattern that JavaScript cannot read. */
  constructor(
    private readonly on: 'stream' | 'type',
    regex: string,
    prefixes: readonly string[],
  ) {
    this.#regex = regex === '' ? undefined : compiled(regex);
    this.#prefixes = prefixes.map((prefix) => Buffer.from(prefix));
  }

  matches(frame: Buffer): boolean {
    const peek = this.#peek.look(frame);
    const onStream = this.on === 'stream';
    if (this.#regex !== undefined) return this.#regex.test(onStream ? peek.stream : peek.type);
    for (const prefix of this.#prefixes)
      if (onStream ? peek.streamStartsWith(prefix) : peek.typeStartsWith(prefix)) return true;
    return false;
  }
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
