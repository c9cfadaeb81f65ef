import {
  type AllStreamSubscription,
  type EventStoreDBClient,
  eventTypeFilter,
  type ResolvedEvent,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import { mismatch } from './compare.js';
import type { ModelEvent } from './model.js';
import type { Filter } from './operation.js';

const LONGEST_WAIT_MS = 20_000;

export const clientFilter = ({ on, by, text }: Filter) => {
  const filter = on === 'stream' ? streamNameFilter : eventTypeFilter;
  return by === 'prefix' ? filter({ prefixes: [text] }) : filter({ regex: text });
};

export function passes({ on, by, text }: Filter, { stream, type }: ModelEvent): boolean {
  const value = on === 'stream' ? stream : type;
  return by === 'prefix' ? value.startsWith(text) : new RegExp(text).test(value);
}

/** A subscription to `$all` that lives through restarts, resumed each time at an event that it has seen. */
export class Follower {
  readonly #seen: (readonly [id: string, position: bigint])[] = [];
  #subscription: AllStreamSubscription | undefined;

  constructor(
    private readonly name: string,
    private readonly filter?: Filter,
  ) {}

  /** `resumeAt`: how far back among what it has seen, from 0 to 1. */
  start(client: EventStoreDBClient, resumeAt: number): void {
    this.#seen.length -= Math.floor(resumeAt * Math.min(this.#seen.length, 2_000));
    const last = this.#seen.at(-1)?.[1];
    const fromPosition = last === undefined ? START : { commit: last, prepare: last };
    const subscription = client.subscribeToAll({
      fromPosition,
      ...(this.filter && { filter: clientFilter(this.filter) }),
    });
    subscription.on('error', () => undefined); // it ends with its node; what it missed is told by `check`
    subscription.on('data', ({ event }: ResolvedEvent) => {
      if (event) this.#seen.push([event.id, event.position?.commit as bigint]);
    });
    this.#subscription = subscription;
  }

  /** Waits until it has seen as many events as there are, then holds them against each other. */
  async check(log: readonly ModelEvent[]): Promise<void> {
    const wanted = this.filter ? log.filter((event) => passes(this.filter as Filter, event)) : log;
    const deadline = Date.now() + LONGEST_WAIT_MS;
    while (this.#seen.length < wanted.length && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 5));
    for (const [index, { id, position }] of wanted.entries()) {
      const [seenId, seenPosition] = this.#seen[index] ?? [];
      if (seenId !== id || seenPosition !== position)
        throw mismatch(`event ${index} of the subscription ${this.name}`, [id, position], this.#seen[index]);
    }
    if (this.#seen.length > wanted.length)
      throw mismatch(
        `the end of the subscription ${this.name}`,
        wanted.length,
        this.#seen.slice(wanted.length),
      );
  }

  async stop(): Promise<void> {
    await this.#subscription?.unsubscribe();
  }
}
