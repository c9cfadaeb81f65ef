import { BsonType, type BsonValue, elementsOf, fieldsOf } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';

/** What `failCommand` does to a command. */
export interface Failure {
  readonly commands: readonly string[];
  readonly errorCode: number | undefined;
  readonly errorLabels: readonly string[] | undefined;
  readonly closeConnection: boolean;
  readonly blockMs: number;
  readonly writeConcernError: BsonValue | undefined;
  /** Runs the command first and fails its reply: the write is applied, the client does not know. */
  readonly afterRunning: boolean;
}

/** Failures that tests ask for by `configureFailPoint` (server option `failPoints`). */
export class FailPoints {
  private failure: Failure | undefined;
  private left = 0;
  private toSkip = 0;

  configure(name: string, mode: BsonValue, data: BsonValue | undefined): void {
    if (name !== 'failCommand') throw notSupported(`the fail point ${name}`);
    const fields = mode.type === BsonType.object ? fieldsOf(mode) : undefined;
    if (!fields && mode.string() === 'off') {
      this.failure = undefined;
      return;
    }
    this.left = Number(fields?.get('times')?.number() ?? Number.POSITIVE_INFINITY);
    this.toSkip = Number(fields?.get('skip')?.number() ?? 0);
    this.failure = failureOf(data ? fieldsOf(data) : new Map<string, BsonValue>());
  }

  /** The failure that is due for the command, counted down. */
  due(command: string): Failure | undefined {
    if (!this.failure?.commands.includes(command) || this.left <= 0) return undefined;
    if (this.toSkip > 0) {
      this.toSkip--;
      return undefined;
    }
    this.left--;
    return this.failure;
  }
}

function failureOf(data: ReadonlyMap<string, BsonValue>): Failure {
  const commands = data.get('failCommands');
  if (commands?.type !== BsonType.array)
    throw new MongoError(9, 'failCommand needs data.failCommands, an array');
  const labels = data.get('errorLabels');
  const code = data.get('errorCode');
  return {
    commands: elementsOf(commands).map((command) => command.string()),
    errorCode: code ? Number(code.number()) : undefined,
    errorLabels: labels ? elementsOf(labels).map((label) => label.string()) : undefined,
    closeConnection: data.get('closeConnection')?.truthy() ?? false,
    blockMs: data.get('blockConnection')?.truthy() ? Number(data.get('blockTimeMS')?.number() ?? 0) : 0,
    writeConcernError: data.get('writeConcernError'),
    afterRunning: data.get('afterRunning')?.truthy() ?? false,
  };
}
