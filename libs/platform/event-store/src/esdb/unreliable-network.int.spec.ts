import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newId } from '#libs/platform/kernel';
import {
  counterTotals,
  FaultyNetwork,
  openCounter,
  raiseCounter,
  startCounters,
  startTestEventStore,
  type TestStore,
} from '#libs/platform/testing';
import { AppendOutcomeUnknownError, StoreUnavailableError } from '../event-streams.js';
import { EsdbEventStreams } from './esdb-event-streams.js';
import { EventStoreClient } from './event-store-client.js';

jest.setTimeout(30_000);

describe('EventStoreDB behind an unreliable network', () => {
  let store: TestStore;
  let network: FaultyNetwork;
  let client: EventStoreClient;
  let streams: EsdbEventStreams;
  /** Over the same client, and quick to call a store silent. */
  let hasty: EsdbEventStreams;
  const happened = () => ({ id: newId(), type: 'Happened', data: {}, metadata: {} });
  const newStream = () => `network-${newId()}`;
  const load = async (stream: string, from = streams) => {
    const ids: string[] = [];
    for await (const { id } of from.load(stream)) ids.push(id);
    return ids;
  };

  beforeAll(async () => {
    store = await startTestEventStore();
  });
  afterAll(() => store?.close());
  beforeEach(async () => {
    network = await FaultyNetwork.before(store.url);
    client = new EventStoreClient(`esdb://127.0.0.1:${network.port}?tls=false`);
    streams = new EsdbEventStreams(client, { silenceMs: 4_000 });
    hasty = new EsdbEventStreams(client, { silenceMs: 250 });
  });
  afterEach(async () => {
    await network.close();
    await client.close();
  });

  it('says at once that the store is away, and finds it again', async () => {
    await network.refuse();
    const startedAt = performance.now();
    await expect(streams.append(newStream(), [happened()], 'no_stream')).rejects.toThrow(
      StoreUnavailableError,
    );
    await expect(load(newStream())).rejects.toThrow(StoreUnavailableError);
    await expect(client.ping()).rejects.toThrow(StoreUnavailableError);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    await network.accept();
    await client.ping();
    expect(await streams.append(newStream(), [happened()], 'no_stream')).toMatchObject({
      outcome: 'appended',
    });
  });

  it('goes on after every connection broke', async () => {
    const stream = newStream();
    await streams.append(stream, [happened()], 'no_stream');
    expect(await load(stream)).toHaveLength(1);
    network.cut();
    const { run, log } = startCounters(streams);
    await run(openCounter, { counterId: stream });
    await run(raiseCounter, { counterId: stream });
    expect(await counterTotals(log, stream)).toEqual([1, 3]);
  });

  it('does not claim to know an append whose answer was lost', async () => {
    const stream = newStream();
    const first = happened();
    await streams.append(stream, [first], 'no_stream');
    network.loseAnswers();
    const second = happened();
    await expect(streams.append(stream, [second], 0n, 200)).rejects.toThrow(AppendOutcomeUnknownError);
    network.heal();
    network.cut();
    expect(await load(stream)).toEqual([first.id, second.id]);
    expect(await streams.append(stream, [second], 0n)).toMatchObject({ outcome: 'appended', revision: 1n });
  });

  it('records a command once though its answer was lost', async () => {
    const counterId = newId();
    const { run, log, seen } = startCounters(hasty, {
      appendTimeoutMs: 150,
      commandTimeoutMs: 8_000,
    });
    await run(openCounter, { counterId, commandIdIsNew: true });
    network.loseAnswers();
    const raising = run(raiseCounter, { counterId });
    await delay(500); // the append has gone unanswered, and so did a first read
    network.heal();
    network.cut();
    expect(await raising).toMatchObject({ revision: 1n, recorded: 1 });
    expect(seen.at(-1)).toMatchObject({ outcome: 'repeated' });
    expect(await counterTotals(log, counterId)).toEqual([1, 3]);
  });

  it('leaves a channel that went silent for a new one', async () => {
    const stream = newStream();
    await streams.append(stream, [happened()], 'no_stream');
    await load(stream);
    network.goSilent();
    await expect(load(stream, hasty)).rejects.toThrow('No answer within 250 ms');
    await expect(streams.append(stream, [happened()], 0n, 250)).rejects.toThrow(AppendOutcomeUnknownError);
    // The old connections stay silent for ever; only a new one gets through.
    network.healForNew();
    expect(await load(stream)).toHaveLength(1);
    expect(await streams.append(stream, [happened()], 0n)).toMatchObject({ outcome: 'appended' });
  });

  it('leaves no call behind when a reader stops early', async () => {
    const stream = newStream();
    await streams.append(stream, Array.from({ length: 200 }, happened), 'no_stream');
    for (let n = 0; n < 10; n++)
      for await (const { revision } of streams.load(stream)) if (revision === 3n) break;
    expect(await load(stream)).toHaveLength(200);
    const calls = Reflect.get(await client.reads.current(), 'disposableStreams') as Set<unknown>;
    while (calls.size > 0) await delay(10);
    expect(network.connections).toBeLessThanOrEqual(2);
  });
});
