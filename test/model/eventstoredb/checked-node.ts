import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AllStreamSubscription,
  type AppendExpectedRevision,
  BACKWARDS,
  binaryEvent,
  END,
  EventStoreDBClient,
  FORWARDS,
  jsonEvent,
  type ResolvedEvent,
  START,
  type StreamSubscription,
} from '@eventstore/db-client';
import { type EventStoreDbNode, startEventStoreDb } from '#libs/protocol/eventstoredb-server';
import { asGiven, checkRead, learn, Mismatch, mismatch } from './compare.js';
import { clientFilter, Follower, passes } from './follower.js';
import { type Expected, Model, type ModelEvent, type NewEvent, type Outcome } from './model.js';
import type { Expects, From, Operation } from './operation.js';

type Of<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>;

/** With credentials the client takes the Append call; without them it takes BatchAppend. */
const VIA_APPEND = { credentials: { username: 'admin', password: 'changeit' } };

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

  async #run(operation: Operation): Promise<void> {
    switch (operation.kind) {
      case 'append':
        return this.#append(operation);
      case 'delete':
      case 'tombstone':
        return this.#delete(operation);
      case 'set metadata':
        return this.#setMetadata(operation);
      case 'read stream':
        return this.#readStream(operation);
      case 'read all':
        return this.#readAll(operation);
      case 'follow stream':
        return this.#followStream(operation);
      case 'follow all':
        return this.#followAll(operation);
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

  async #append(operation: Of<'append'>): Promise<void> {
    const { stream, repeats, fresh, number, through } = operation;
    const there = this.#model.eventsOf(stream);
    const from = Math.floor(repeats.from * there.length);
    // As the client sends them again: it makes numbers of what it has read.
    const repeated = there
      .slice(from, from + repeats.count)
      .map((event) => (event.isJson ? { ...event, data: JSON.stringify(JSON.parse(event.data)) } : event));
    const events: NewEvent[] = [
      ...repeated,
      ...fresh.map((each, index): NewEvent => {
        const id = idOf(number, index);
        if (each.as === 'json') return { id, type: 'json', isJson: true, data: `{"number":${number}}` };
        if (each.as === 'binary') return { id, type: 'binary', isJson: false, data: `\0ÿ${number}` };
        const revision = Math.floor(each.at * this.#model.eventsOf(each.to).length);
        return { id, type: '$>', isJson: false, data: `${revision}@${each.to}` };
      }),
    ];
    const expected = this.#expected(stream, operation.expects, BigInt(from) - 1n);
    await this.#write(
      `append to ${stream}, expecting ${expected}`,
      () => this.#model.append(stream, expected, events),
      async () => {
        const { nextExpectedRevision, position } = await this.#client.appendToStream(
          stream,
          events.map(clientEvent),
          {
            expectedRevision: expected as AppendExpectedRevision,
            ...(through === 'Append' && VIA_APPEND),
          },
        );
        return { revision: nextExpectedRevision, position: position?.commit };
      },
    );
  }

  async #setMetadata({ stream, metadata, number, expects }: Of<'set metadata'>): Promise<void> {
    const name = `$$${stream}`;
    const expected = this.#expected(name, expects, -1n);
    const event = { id: idOf(number, 0), type: '$metadata', isJson: true, data: JSON.stringify(metadata) };
    await this.#write(
      `set metadata of ${stream}, expecting ${expected}`,
      () => this.#model.append(name, expected, [event]),
      async () => {
        const { nextExpectedRevision, position } = await this.#client.appendToStream(
          name,
          clientEvent(event),
          {
            expectedRevision: expected as AppendExpectedRevision,
          },
        );
        return { revision: nextExpectedRevision, position: position?.commit };
      },
    );
  }

  async #delete({ kind, stream, expects }: Of<'delete' | 'tombstone'>): Promise<void> {
    const expected = this.#expected(stream, expects, -1n) as AppendExpectedRevision;
    const options = { expectedRevision: expected as Exclude<AppendExpectedRevision, 'stream_exists'> };
    await this.#write(
      `${kind} ${stream}, expecting ${expected}`,
      () =>
        kind === 'delete'
          ? this.#model.softDelete(stream, expected)
          : this.#model.tombstone(stream, expected),
      async () => {
        const { position } = await (kind === 'delete'
          ? this.#client.deleteStream(stream, options)
          : this.#client.tombstoneStream(stream, options));
        return { position: position?.commit };
      },
    );
  }

  /** Does a write to both, and reads back from the log what it put there, and nothing else. */
  async #write(
    what: string,
    onModel: () => Outcome,
    onNode: () => Promise<{ revision?: bigint; position: bigint | undefined }>,
  ): Promise<void> {
    const { log } = this.#model;
    const known = log.length;
    const before = onModel;
    const told = await onNode().catch(refusal);
    const wanted = before();
    await this.#learnFrom(known);
    if (typeof told === 'string' || wanted.kind !== 'stored') {
      const words = wanted.kind === 'wrong version' ? `wrong version, ${wanted.actual} there` : wanted.kind;
      if (told !== words) throw mismatch(what, words, told);
      return;
    }
    // The client shows 0 for "no stream".
    const revision = wanted.revision === -1n ? 0n : wanted.revision;
    if (told.revision !== undefined && told.revision !== revision)
      throw mismatch(`${what}: revision`, revision, told.revision);
    if (told.position !== wanted.at?.position)
      throw mismatch(`${what}: position`, wanted.at?.position, told.position);
  }

  async #learnFrom(index: number): Promise<void> {
    const { log } = this.#model;
    const last = (log[index - 1] as ModelEvent).position as bigint;
    const next = { commit: last + 1n, prepare: last + 1n };
    let at = index;
    for await (const resolved of this.#client.readAll({ fromPosition: next })) {
      const wanted = log[at++];
      if (wanted === undefined) throw mismatch('the end of $all', undefined, resolved.event);
      learn(wanted, resolved);
    }
    if (at < log.length) throw mismatch('the end of $all', log[at], undefined);
  }

  async #readStream({ stream, from, backwards, maxCount, resolves }: Of<'read stream'>): Promise<void> {
    const revision = typeof from === 'number' ? this.#revisionAt(stream, from) : from;
    const sinceMs = Date.now();
    const got = await collected(
      this.#client.readStream(stream, {
        fromRevision: revision === 'start' ? START : revision === 'end' ? END : revision,
        direction: backwards ? BACKWARDS : FORWARDS,
        maxCount,
        resolveLinkTos: resolves,
      }),
    );
    checkRead(
      `read ${stream} from ${revision}`,
      this.#model,
      sinceMs,
      (nowMs) => {
        const visible = this.#model.visible(stream, nowMs);
        if (visible === 'deleted') return 'deleted';
        if (revision === 'end' && !backwards) return 'unknown';
        if (visible === 'missing') return 'missing';
        const start = revision === 'start' ? 0n : revision === 'end' ? this.#model.last(stream) : revision;
        const there = backwards
          ? visible.filter((event) => event.revision <= start).toReversed()
          : visible.filter((event) => event.revision >= start);
        return asGiven(this.#model, there.slice(0, maxCount), resolves, nowMs);
      },
      got,
    );
  }

  async #readAll({ from, backwards, maxCount, resolves }: Of<'read all'>): Promise<void> {
    const position = typeof from === 'number' ? this.#positionAt(from) : from;
    const sinceMs = Date.now();
    const got = await collected(
      this.#client.readAll({
        fromPosition: fromPosition(position),
        direction: backwards ? BACKWARDS : FORWARDS,
        maxCount,
        resolveLinkTos: resolves,
      }),
    );
    const start = position === 'start' ? -1n : position === 'end' ? 2n ** 62n : position;
    const { log } = this.#model;
    const there = backwards
      ? log.filter((event) => (event.position as bigint) < start).toReversed()
      : log.filter((event) => (event.position as bigint) >= start);
    checkRead(
      `read $all from ${position}`,
      this.#model,
      sinceMs,
      (nowMs) => asGiven(this.#model, there.slice(0, maxCount), resolves, nowMs),
      got,
    );
  }

  async #followStream({ stream, from, resolves }: Of<'follow stream'>): Promise<void> {
    const after = typeof from === 'number' ? this.#revisionAt(stream, from) : from;
    const sinceMs = Date.now();
    const got = await untilCaughtUp(
      this.#client.subscribeToStream(stream, {
        fromRevision: after === 'start' ? START : after === 'end' ? END : after,
        resolveLinkTos: resolves,
      }),
    );
    checkRead(
      `subscribe to ${stream} after ${after}`,
      this.#model,
      sinceMs,
      (nowMs) => {
        const visible = this.#model.visible(stream, nowMs);
        if (visible === 'deleted') return 'deleted';
        if (visible === 'missing' || after === 'end') return [];
        const there = visible.filter(({ revision }) => after === 'start' || revision > after);
        return asGiven(this.#model, there, resolves, nowMs);
      },
      got,
    );
  }

  async #followAll({ from, filter, resolves }: Of<'follow all'>): Promise<void> {
    const after = typeof from === 'number' ? this.#positionAt(from) : from;
    const sinceMs = Date.now();
    const got = await untilCaughtUp(
      this.#client.subscribeToAll({
        fromPosition: fromPosition(after),
        resolveLinkTos: resolves,
        ...(filter && { filter: clientFilter(filter) }),
      }),
    );
    const there = this.#model.log.filter(
      (event) =>
        after !== 'end' &&
        (after === 'start' || (event.position as bigint) > after) &&
        (filter === undefined || passes(filter, event)),
    );
    checkRead(
      `subscribe to $all after ${after}`,
      this.#model,
      sinceMs,
      (nowMs) => asGiven(this.#model, there, resolves, nowMs),
      got,
    );
  }

  async #restart({ resumeAt }: Of<'restart'>): Promise<void> {
    for (const follower of this.#followers) await follower.check(this.#model.log);
    await this.#client.dispose();
    await this.#node.close();
    await this.#open(resumeAt);
  }

  #expected(stream: string, expects: Expects, beforeRepeat: bigint): Expected {
    const last = this.#model.last(stream);
    const revision = (wanted: bigint) => (wanted < 0n ? 'no_stream' : wanted);
    switch (expects) {
      case 'any':
        return 'any';
      case 'no stream':
        return 'no_stream';
      case 'stream exists':
        return 'stream_exists';
      case 'the last revision':
        return revision(last);
      case 'an earlier revision':
        return revision(last - 1n);
      case 'a later revision':
        return revision(last + 1n);
      case 'before the repeat':
        return revision(beforeRepeat);
    }
  }

  #revisionAt(stream: string, fraction: number): bigint {
    return BigInt(Math.floor(fraction * this.#model.eventsOf(stream).length));
  }

  #positionAt(fraction: number): bigint {
    const { log } = this.#model;
    const index = Math.floor(fraction * log.length);
    const found = log[index]?.position;
    return found ?? ((log.at(-1) as ModelEvent).position as bigint) + BigInt(1 + index - log.length);
  }
}

const fromPosition = (position: From | bigint) =>
  position === 'start'
    ? START
    : position === 'end'
      ? END
      : { commit: BigInt(position), prepare: BigInt(position) };

const idOf = (operation: number, index: number) =>
  `00000000-0000-4000-8000-${operation.toString(16).padStart(9, '0')}${index.toString(16).padStart(3, '0')}`;

function clientEvent({ id, type, isJson, data }: NewEvent) {
  const bytes = Buffer.from(data, 'latin1');
  return isJson
    ? jsonEvent({ id: id as string, type, data: JSON.parse(data) })
    : binaryEvent({ id: id as string, type, data: bytes });
}

/** The word for an error that the model knows; @throws others. */
function refusal(error: unknown): string {
  const { type, actualVersion } = error as { type?: string; actualVersion?: bigint | 'no_stream' };
  if (type === 'wrong-expected-version')
    return `wrong version, ${actualVersion === 'no_stream' ? -1n : actualVersion} there`;
  if (type === 'stream-deleted') return 'deleted';
  if (type === 'stream-not-found') return 'missing';
  if (type === 'unknown') return 'unknown';
  throw error;
}

async function collected(source: AsyncIterable<ResolvedEvent>): Promise<ResolvedEvent[] | string> {
  const all: ResolvedEvent[] = [];
  try {
    for await (const each of source) all.push(each);
  } catch (error) {
    return refusal(error);
  }
  return all;
}

async function untilCaughtUp(
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
