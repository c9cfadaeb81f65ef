import { randomUUID } from 'node:crypto';
import { type AppendExpectedRevision, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { type Dice, dice } from '#libs/testing';
import type { SentWrite } from './sent-write.js';

const WRITERS = 8;
const SHARED_STREAMS = 5;
/** With credentials the client takes the Append call; without them it takes BatchAppend. */
const VIA_APPEND = { credentials: { username: 'admin', password: 'changeit' } };
const DEADLINE = { deadline: 20_000 };

/** Clients that write all kinds of things at once, until the node is gone or they are stopped. */
export class Writers {
  readonly sent: SentWrite[] = [];
  readonly #client: EventStoreDBClient;
  #stopped = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(
    url: string,
    private readonly name: string,
    seed: number,
    private readonly onAcknowledged: () => void = () => undefined,
  ) {
    this.#client = EventStoreDBClient.connectionString(url);
    const writers = Array.from({ length: WRITERS }, (_none, index) =>
      this.#write(`${name}w${index}`, dice(seed + index)),
    );
    this.#running = Promise.all(writers);
  }

  /** Resolves when nobody writes any more; what is under way is given up with the connection. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#client.dispose();
    await this.#running;
  }

  async #write(writer: string, random: Dice): Promise<void> {
    let revision: bigint | undefined;
    try {
      for (let step = 0; !this.#stopped; step++) {
        const shared = `shared-${random.upTo(SHARED_STREAMS)}`;
        const chance = random.upTo(10);
        if (chance < 3) await this.#append(shared, 1, 'any');
        else if (chance < 4) await this.#append(shared, 2 + random.upTo(6), 'any');
        else if (chance < 5) await this.#append(shared, 1 + random.upTo(3), 'any', VIA_APPEND);
        else if (chance < 7)
          revision = await this.#append(`own-${writer}`, 1 + random.upTo(2), revision ?? 'no_stream');
        else if (chance < 8)
          await Promise.all(Array.from({ length: 12 }, () => this.#append(shared, 1, 'any')));
        else await this.#end(`${chance === 8 ? 'deleted' : 'tombstoned'}-${writer}-${step}`, chance === 8);
      }
    } catch {
      // The node is gone, or the power: what was not answered is unknown, and stands so in `sent`.
    }
  }

  async #append(
    stream: string,
    count: number,
    expectedRevision: AppendExpectedRevision,
    options: object = {},
  ): Promise<bigint> {
    const events = Array.from({ length: count }, (_none, index) =>
      jsonEvent({
        id: randomUUID(),
        type: 'written',
        data: { by: this.name, index, padding: 'x'.repeat(200) },
      }),
    );
    const write: SentWrite = { kind: 'append', stream, ids: events.map(({ id }) => id) };
    this.sent.push(write);
    const { nextExpectedRevision: revision, position } = await this.#client.appendToStream(stream, events, {
      expectedRevision,
      ...DEADLINE,
      ...options,
    });
    write.acknowledged = { revision, position: position?.commit as bigint };
    this.onAcknowledged();
    return revision;
  }

  async #end(stream: string, isSoft: boolean): Promise<void> {
    await this.#append(stream, 2, 'any');
    const write: SentWrite = { kind: isSoft ? 'delete' : 'tombstone', stream, ids: [] };
    this.sent.push(write);
    const { position } = await (isSoft
      ? this.#client.deleteStream(stream, DEADLINE)
      : this.#client.tombstoneStream(stream, DEADLINE));
    write.acknowledged = { revision: 1n, position: position?.commit as bigint };
    this.onAcknowledged();
  }
}
