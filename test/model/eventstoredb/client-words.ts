import type {
  AllStreamSubscription,
  EventStoreDBClient,
  ResolvedEvent,
  StreamSubscription,
} from '@eventstore/db-client';
import type { Model } from './model.js';
import type { Operation } from './operation.js';

export type Of<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>;

/** A model and a client of the node that is to do the same. */
export interface Pair {
  readonly model: Model;
  readonly client: EventStoreDBClient;
}

/** The word for an error that the model knows; @throws others. */
export function refusal(error: unknown): string {
  const { type, actualVersion } = error as { type?: string; actualVersion?: bigint | 'no_stream' };
  if (type === 'wrong-expected-version')
    return `wrong version, ${actualVersion === 'no_stream' ? -1n : actualVersion} there`;
  if (type === 'stream-deleted') return 'deleted';
  if (type === 'stream-not-found') return 'missing';
  if (type === 'unknown') return 'unknown';
  throw error;
}

export async function collected(source: AsyncIterable<ResolvedEvent>): Promise<ResolvedEvent[] | string> {
  const all: ResolvedEvent[] = [];
  try {
    for await (const each of source) all.push(each);
  } catch (error) {
    return refusal(error);
  }
  return all;
}

export async function untilCaughtUp(
  subscription: StreamSubscription | AllStreamSubscription,
): Promise<ResolvedEvent[] | string> {
  const all: ResolvedEvent[] = [];
  const source = subscription as StreamSubscription;
  source.on('data', (event) => all.push(event));
  try {
    await new Promise<void>((resolve, reject) => source.on('caughtUp', resolve).on('error', reject));
  } catch (error) {
    return refusal(error);
  }
  await subscription.unsubscribe();
  return all;
}
