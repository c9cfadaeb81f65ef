import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient } from '@eventstore/db-client';
import { type EventStoreDbNode, startEventStoreDb } from '#libs/protocol/eventstoredb-server';
import type { Of, Pair } from './client-words.js';
import { Mismatch } from './compare.js';
import { Follower } from './follower.js';
import { Model } from './model.js';
import type { Operation } from './operation.js';
import { followAll, followStream, readAll, readStream } from './reads.js';
import { append, remove, setMetadata } from './writes.js';

/** A node with the model beside it: each operation is done to both, and what they say is compared. */
export class CheckedNode {
  readonly #model = new Model();
  readonly #followers = [
    new Follower('of all events'),
    new Follower('of some streams', { on: 'stream', by: 'prefix', text: 's1-' }),
  ];
  #node!: EventStoreDbNode;
  #client!: EventStoreDBClient;

  private constructor(private readonly folder: string) {}

  static async start(): Promise<CheckedNode> {
    const checked = new CheckedNode(mkdtempSync(join(tmpdir(), 'tidemark-model-')));
    await checked.#open(0);
    await checked.#learnBeginning();
    return checked;
  }

  /** @throws Mismatch */
  async run(operation: Operation): Promise<void> {
    try {
      await this.#run(operation);
    } catch (error) {
      if (error instanceof Mismatch) throw error;
      throw new Mismatch(`an unexpected error: ${(error as Error).stack}`, { cause: error });
    }
  }

  /** Checks what subscriptions have seen in all, and leaves nothing behind. */
  async finish(): Promise<void> {
    for (const follower of this.#followers) await follower.check(this.#model.log);
    await this.close();
  }

  async close(): Promise<void> {
    for (const follower of this.#followers) await follower.stop();
    await this.#client.dispose();
    await this.#node.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #pair(): Pair {
    return { model: this.#model, client: this.#client };
  }

  async #run(operation: Operation): Promise<void> {
    switch (operation.kind) {
      case 'append':
        return append(this.#pair, operation);
      case 'delete':
      case 'tombstone':
        return remove(this.#pair, operation);
      case 'set metadata':
        return setMetadata(this.#pair, operation);
      case 'read stream':
        return readStream(this.#pair, operation);
      case 'read all':
        return readAll(this.#pair, operation);
      case 'follow stream':
        return followStream(this.#pair, operation);
      case 'follow all':
        return followAll(this.#pair, operation);
      case 'restart':
        return this.#restart(operation);
    }
  }

  async #open(resumeAt: number): Promise<void> {
    this.#node = await startEventStoreDb({ dataDir: this.folder, sync: 'none' });
    this.#client = EventStoreDBClient.connectionString(this.#node.url);
    for (const follower of this.#followers) follower.start(this.#client, resumeAt);
  }

  async #learnBeginning(): Promise<void> {
    for await (const { event } of this.#client.readAll()) {
      const { id, streamId, revision, type, isJson, data, position, created } = event as NonNullable<
        typeof event
      >;
      this.#model.log.push({
        id,
        stream: streamId,
        revision,
        type,
        isJson,
        data: JSON.stringify(data),
        position: position?.commit as bigint,
        createdMs: created.getTime(),
      });
    }
  }

  async #restart({ resumeAt }: Of<'restart'>): Promise<void> {
    for (const follower of this.#followers) await follower.check(this.#model.log);
    await this.#client.dispose();
    await this.#node.close();
    await this.#open(resumeAt);
  }
}
