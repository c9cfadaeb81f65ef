import { START, persistentSubscriptionToStreamSettingsFromDefaults as settings } from '@eventstore/db-client';
import { describe, expect, it, jest } from '@jest/globals';
import { manyNumbered, nodeUnderTest, uniqueStream } from './node-under-test.js';
import { numbersOf, watchedConsumer } from './watched-consumer.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('a consumer of a group', () => {
  it('gets what the stream holds, then what comes', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, manyNumbered(100));
    await node.client.createPersistentSubscriptionToStream(stream, 'group', settings({ startFrom: START }));
    const consumer = watchedConsumer(node.client.subscribeToPersistentSubscriptionToStream(stream, 'group'));
    await consumer.events(100);
    await node.client.appendToStream(stream, manyNumbered(50, 100));
    await consumer.events(150);
    expect(numbersOf(consumer.all)).toEqual(upTo(150));
    expect(new Set(consumer.all.map(({ retryCount }) => retryCount))).toEqual(new Set([0]));
    await consumer.stop();
  });
});
