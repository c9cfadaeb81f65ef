import { randomUUID } from 'node:crypto';
import {
  EventStoreDBClient,
  type EventTypeToRecordedEvent,
  type JSONEventType,
  jsonEvent,
} from '@eventstore/db-client';
import { afterAll, beforeAll, it } from '@jest/globals';
import { startEventStoreDb } from '../index.js';

/**
 * The node that a suite talks to through the genuine client: an embedded one of its own, or the real one that
 * EVENTSTORE_URL names. Streams have unique names, so that a real one may be used again and again.
 */
export const isEmbedded = process.env['EVENTSTORE_URL'] === undefined;

/** For what a real node does otherwise, or what needs a hand on the process: the reason stands in the name. */
export const embeddedOnly =
  (reason: string) => (name: string, test: () => Promise<void>, timeoutMs?: number) =>
    (isEmbedded ? it : it.skip)(`${name} [embedded only: ${reason}]`, test, timeoutMs);

export interface NodeUnderTest {
  readonly url: string;
  readonly client: EventStoreDBClient;
}

export function nodeUnderTest(): NodeUnderTest {
  const node = { url: '', client: undefined as unknown as EventStoreDBClient };
  let stop = async () => {};
  beforeAll(async () => {
    const url = process.env['EVENTSTORE_URL'];
    if (url === undefined) {
      const embedded = await startEventStoreDb();
      node.url = embedded.url;
      stop = () => embedded.close();
    } else node.url = url;
    node.client = EventStoreDBClient.connectionString(node.url);
  });
  afterAll(async () => {
    await node.client.dispose();
    await stop();
  });
  return node;
}

export type Numbered = JSONEventType<'numbered', { number: number }>;
export type RecordedNumbered = EventTypeToRecordedEvent<Numbered>;

export const numbered = (number: number) => jsonEvent<Numbered>({ type: 'numbered', data: { number } });

/** `count` events, numbered from 0. */
export const manyNumbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => numbered(from + index));

export const uniqueStream = (category = 'spec') => `${category}-${randomUUID()}`;

/** All that an iterable of events gives. */
export async function collected<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of source) all.push(each);
  return all;
}
