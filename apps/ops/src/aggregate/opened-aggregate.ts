import type { StoredEvent } from '#libs/platform/event-store';
import type { AnyAggregate } from '#libs/platform/kernel';
import { EXIT, FatalError } from '#libs/platform/lifecycle';
import type { Cli } from '../cli.js';
import { ALL } from '../streams/all.js';

/** What is replayed, and where its events come from. */
export interface OpenedAggregate {
  readonly aggregate: AnyAggregate;
  /** `<category>-<id>`. */
  readonly stream: string;
  events(): AsyncIterable<StoredEvent>;
}

const EVERYTHING = { backwards: false, limit: Number.MAX_SAFE_INTEGER } as const;

export async function openAggregate(cli: Cli, category: string, id: string): Promise<OpenedAggregate> {
  const aggregate = await aggregateNamed(category);
  const { readLog } = await import('../streams/log.js');
  const { client } = await cli.openLog();
  const stream = `${category}-${id}`;
  return { aggregate, stream, events: () => readLog(client, stream, EVERYTHING) };
}

/** All streams of a category, in log order. */
export async function openCategory(cli: Cli, category: string): Promise<Omit<OpenedAggregate, 'stream'>> {
  const aggregate = await aggregateNamed(category);
  const { readLog } = await import('../streams/log.js');
  const { client } = await cli.openLog();
  async function* events(): AsyncGenerator<StoredEvent> {
    for await (const event of readLog(client, ALL, EVERYTHING)) {
      if (cli.interrupted.aborted) return;
      if (event.stream.startsWith(`${category}-`)) yield event;
    }
  }
  return { aggregate, events };
}

async function aggregateNamed(category: string): Promise<AnyAggregate> {
  const { AggregateRegistry } = await import('#libs/platform/replay');
  const { CONTEXTS } = await import('#libs/contexts');
  return toldToUser(() => new AggregateRegistry(CONTEXTS).named(category));
}

/** What the user asked for wrongly, and what the stored history does wrong, as one sentence with its exit code. */
export async function toldToUser<T>(work: () => T | Promise<T>): Promise<T> {
  const { ConditionError, ImpureFoldError, UnknownReplayError } = await import('#libs/platform/replay');
  const { UnreadableEventError } = await import('#libs/platform/event-store');
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConditionError || error instanceof UnknownReplayError)
      throw new FatalError(error.message, EXIT.usage, { cause: error });
    if (error instanceof ImpureFoldError || error instanceof UnreadableEventError)
      throw new FatalError(error.message, EXIT.finding, { cause: error });
    throw error;
  }
}
