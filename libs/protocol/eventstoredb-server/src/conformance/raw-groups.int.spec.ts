import { once } from 'node:events';
import {
  jsonEvent,
  START,
  persistentSubscriptionToStreamSettingsFromDefaults as settings,
} from '@eventstore/db-client';
import { PersistentSubscriptionsClient } from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import { ServerFeaturesClient } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { type ClientDuplexStream, credentials, type ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { embeddedOnly, manyNumbered, nodeUnderTest, numbered, uniqueStream } from './node-under-test.js';
import { identifier } from './raw-client.js';
import { eventually, watchedConsumer } from './watched-consumer.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();
let raw: PersistentSubscriptionsClient;
let address: string;
beforeAll(() => {
  address = new URL(node.url).host;
  raw = new PersistentSubscriptionsClient(address, credentials.createInsecure());
});
afterAll(() => raw.close());

type ReadCall = ClientDuplexStream<
  InstanceType<typeof persistent.ReadReq>,
  InstanceType<typeof persistent.ReadResp>
>;

const defaults = () => {
  const chosen = new persistent.CreateReq.Settings();
  chosen.setHistoryBufferSize(500);
  chosen.setReadBatchSize(20);
  chosen.setLiveBufferSize(500);
  chosen.setMessageTimeoutMs(30_000);
  chosen.setMaxRetryCount(10);
  chosen.setNamedConsumerStrategy(persistent.CreateReq.ConsumerStrategy.ROUNDROBIN);
  return chosen;
};

/** Creates a group `g`; `change` has the last word about the request. */
function created(
  stream: string,
  change: (options: InstanceType<typeof persistent.CreateReq.Options>) => void,
): Promise<void> {
  const options = new persistent.CreateReq.Options();
  options.setGroupName('g');
  options.setSettings(defaults());
  options.setStreamIdentifier(identifier(stream));
  change(options);
  const request = new persistent.CreateReq();
  request.setOptions(options);
  return new Promise((resolve, reject) => {
    raw.create(request, (error) => (error ? reject(error) : resolve()));
  });
}

/** The newer way to name stream and start. */
function streamOptions(stream: string) {
  const options = new persistent.CreateReq.StreamOptions();
  options.setStreamIdentifier(identifier(stream));
  options.setStart(new shared.Empty());
  return options;
}

function subscribed(stream: string, ids: 'string' | 'structured' = 'string'): ReadCall {
  const call: ReadCall = raw.read();
  const uuids = new persistent.ReadReq.Options.UUIDOption();
  if (ids === 'string') uuids.setString(new shared.Empty());
  else uuids.setStructured(new shared.Empty());
  const options = new persistent.ReadReq.Options();
  options.setStreamIdentifier(identifier(stream));
  options.setGroupName('g');
  options.setBufferSize(10);
  options.setUuidOption(uuids);
  const request = new persistent.ReadReq();
  request.setOptions(options);
  call.write(request);
  call.on('error', () => undefined); // each spec that cares has a listener of its own
  return call;
}

async function nextEvent(call: ReadCall) {
  for (;;) {
    const [answer] = (await once(call, 'data')) as [InstanceType<typeof persistent.ReadResp>];
    const event = answer.getEvent();
    if (event !== undefined) return event;
  }
}

const infoOf = (stream: string) => node.client.getPersistentSubscriptionToStreamInfo(stream, 'g');
const failure = async (call: ReadCall) => ((await once(call, 'error')) as [ServiceError])[0];

describe('a request to create a group', () => {
  it('may name stream and start in the newer way', async () => {
    const stream = uniqueStream();
    await created(stream, (options) => {
      options.clearStreamIdentifier();
      options.setStream(streamOptions(stream));
    });
    expect((await infoOf(stream)).settings).toMatchObject({ startFrom: START, historyBufferSize: 500 });
  });

  it('may give times in ticks of 100 ns', async () => {
    const stream = uniqueStream();
    await created(stream, (options) => {
      options.getSettings()!.setMessageTimeoutTicks('12345670000');
      options.getSettings()!.setCheckpointAfterTicks('20000000');
    });
    expect((await infoOf(stream)).settings).toMatchObject({
      messageTimeout: 1_234_567,
      checkPointAfter: 2_000,
    });
  });

  it('may name the strategy, which then counts', async () => {
    const stream = uniqueStream();
    await created(stream, (options) => options.getSettings()!.setConsumerStrategy('PinnedByCorrelation'));
    expect((await infoOf(stream)).settings.consumerStrategyName).toBe('PinnedByCorrelation');
  });

  it('is refused with a strategy that is none', async () => {
    const creation = created(uniqueStream(), (options) =>
      options.getSettings()!.setConsumerStrategy('Chaos'),
    );
    const error = (await creation.catch((reason: unknown) => reason)) as ServiceError;
    expect(error.code).toBe(13);
    expect(error.metadata.get('reason')).toEqual(['Consumer strategy Chaos does not exist.']);
  });

  it.each(['', '$all'])('is refused with the stream name "%s"', async (stream) => {
    await expect(created(stream, () => undefined)).rejects.toMatchObject({ code: 13 });
  });

  it('is refused without options', async () => {
    const creation = new Promise((resolve, reject) => {
      raw.create(new persistent.CreateReq(), (error) => (error ? reject(error) : resolve(undefined)));
    });
    await expect(creation).rejects.toMatchObject({ code: 3 });
  });
});

describe('pinning by correlation', () => {
  it('gives what belongs together to one consumer', async () => {
    const stream = uniqueStream();
    await created(stream, (options) => options.getSettings()!.setConsumerStrategy('PinnedByCorrelation'));
    const consumers = [0, 1, 2].map(() =>
      watchedConsumer(node.client.subscribeToPersistentSubscriptionToStream(stream, 'g', { bufferSize: 99 })),
    );
    await Promise.all(consumers.map((consumer) => consumer.confirmed()));
    const events = Array.from({ length: 60 }, (_, index) =>
      jsonEvent({
        type: 'numbered',
        data: { number: index },
        metadata: { $correlationId: `conversation ${index % 15}` },
      }),
    );
    await node.client.appendToStream(stream, events);
    await eventually(async () => expect(consumers.flatMap(({ all }) => all)).toHaveLength(60));
    const owners = new Map<string, Set<number>>();
    for (const [index, { all }] of consumers.entries())
      for (const { event } of all) {
        const { $correlationId } = event!.metadata as { $correlationId: string };
        owners.set($correlationId, (owners.get($correlationId) ?? new Set()).add(index));
      }
    expect([...owners.values()].map(({ size }) => size)).toEqual(Array.from({ length: 15 }, () => 1));
    expect(new Set([...owners.values()].flatMap((of) => [...of])).size).toBe(3);
    await Promise.all(consumers.map((consumer) => consumer.stop()));
  });
});

describe('a consumer', () => {
  it('may have ids as two halves, and acknowledge by them', async () => {
    const stream = uniqueStream();
    const event = numbered(1);
    await node.client.appendToStream(stream, event);
    await node.client.createPersistentSubscriptionToStream(stream, 'g', settings({ startFrom: START }));
    const call = subscribed(stream, 'structured');
    const id = (await nextEvent(call)).getEvent()!.getId()!;
    const bits = (half: string) => BigInt.asUintN(64, BigInt(half)).toString(16).padStart(16, '0');
    const { mostSignificantBits, leastSignificantBits } = id.getStructured()!.toObject();
    expect(bits(mostSignificantBits) + bits(leastSignificantBits)).toBe(event.id.replaceAll('-', ''));
    const ack = new persistent.ReadReq.Ack();
    ack.addIds(id);
    const request = new persistent.ReadReq();
    request.setAck(ack);
    call.write(request);
    await eventually(async () => expect((await infoOf(stream)).stats.totalInFlightMessages).toBe(0));
    call.cancel();
  });

  it('still gets events after it has said that it has no more to say', async () => {
    const stream = uniqueStream();
    await node.client.createPersistentSubscriptionToStream(stream, 'g', settings({ startFrom: START }));
    const call = subscribed(stream);
    call.end();
    await eventually(async () => expect((await infoOf(stream)).connections).toHaveLength(1));
    await node.client.appendToStream(stream, manyNumbered(1));
    expect((await nextEvent(call)).getRetryCount()).toBe(0);
    call.cancel();
    await eventually(async () => expect((await infoOf(stream)).connections).toEqual([]));
  });

  it('has its event delivered again on a nack of unknown action', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, numbered(1));
    await node.client.createPersistentSubscriptionToStream(stream, 'g', settings({ startFrom: START }));
    const call = subscribed(stream);
    const event = await nextEvent(call);
    const nack = new persistent.ReadReq.Nack();
    nack.setAction(persistent.ReadReq.Nack.Action.UNKNOWN);
    nack.addIds(event.getEvent()!.getId());
    const request = new persistent.ReadReq();
    request.setNack(nack);
    call.write(request);
    expect((await nextEvent(call)).getRetryCount()).toBe(1);
    call.cancel();
  });

  it('is refused when it does not begin with the options', async () => {
    const early: ReadCall = raw.read();
    const request = new persistent.ReadReq();
    request.setAck(new persistent.ReadReq.Ack());
    early.write(request);
    expect(await failure(early)).toMatchObject({ code: 2 });
  });

  embeddedOnly('a real node hears nothing more of it')('is refused when it says nothing later', async () => {
    const stream = uniqueStream();
    await node.client.createPersistentSubscriptionToStream(stream, 'g', settings());
    const empty = subscribed(stream);
    await once(empty, 'data');
    empty.write(new persistent.ReadReq());
    expect(await failure(empty)).toMatchObject({ code: 2 });
  });
});

describe('the node tells', () => {
  it('that it serves persistent subscriptions to streams and to $all', async () => {
    const features = new ServerFeaturesClient(address, credentials.createInsecure());
    const { methodsList } = await new Promise<{
      methodsList: { serviceName: string; methodName: string; featuresList: string[] }[];
    }>((resolve, reject) =>
      features.getSupportedMethods(new shared.Empty(), (error, answer) =>
        error ? reject(error) : resolve(answer.toObject()),
      ),
    );
    features.close();
    const methods = methodsList.filter(({ serviceName }) => serviceName.endsWith('.persistentsubscriptions'));
    const withFeatures = Object.fromEntries(
      methods.map(({ methodName, featuresList }) => [methodName, featuresList]),
    );
    const both = ['stream', 'all'];
    expect(withFeatures).toMatchObject({
      create: both,
      update: both,
      delete: both,
      read: both,
      getinfo: both,
      list: both,
      replayparked: both,
      restartsubsystem: [],
    });
  });
});
