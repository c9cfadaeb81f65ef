import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId } from '#libs/platform/kernel';
import {
  type CounterCall,
  closeCounter,
  counterTotals,
  openCounter,
  raiseCounter,
  startCounters,
  startTestEventStore,
  type TestStore,
} from '#libs/platform/testing';
import { EsdbEventStreams } from './esdb-event-streams.js';
import { EventStoreClient } from './event-store-client.js';

jest.setTimeout(30_000);

describe('commands on EventStoreDB', () => {
  let store: TestStore;
  const clients: EventStoreClient[] = [];
  /** A process: its own connections and its own cache. */
  const start = () => {
    const client = new EventStoreClient(store.url);
    clients.push(client);
    return startCounters(new EsdbEventStreams(client), { attempts: 32, commandTimeoutMs: 25_000 });
  };

  beforeAll(async () => {
    store = await startTestEventStore();
  });
  afterAll(async () => {
    for (const client of clients) await client.close();
    await store?.close();
  });

  it('takes one round trip to start a stream, and one to go on', async () => {
    const { run, streams } = start();
    const call = { counterId: newId(), commandIdIsNew: true };
    await run(openCounter, call);
    const raised = await run(raiseCounter, call);
    expect(raised).toMatchObject({ revision: 1n, recorded: 1 });
    expect(streams.calls).toEqual({ load: 0, append: 2 });
  });

  it('answers with the position under which the log holds the event', async () => {
    const { run, log } = start();
    const counterId = newId();
    const { position } = await run(openCounter, { counterId });
    for await (const stored of log.load(`counter-${counterId}`)) expect(stored.position).toBe(position);
  });

  describe('a repeated command', () => {
    it.each([
      ['in the same process', (here: ReturnType<typeof start>) => here],
      ['after a restart', start],
    ])('%s gives the first answer, whatever came since', async (_where, next) => {
      const here = start();
      const counterId = newId();
      const [opening, raising]: CounterCall[] = [
        { counterId, commandId: newId() },
        { counterId, commandId: newId() },
      ];
      const opened = await here.run(openCounter, opening);
      const raised = await here.run(raiseCounter, raising);
      await here.run(closeCounter, { counterId });
      const there = next(here);
      expect(await there.run(openCounter, { ...opening, at: '2026-03-05T00:00:00.000Z' })).toEqual(opened);
      expect(await there.run(raiseCounter, raising)).toEqual(raised);
      await expect(there.run({ ...openCounter, start: 5 }, opening)).rejects.toMatchObject({
        code: 'COMMAND_ID_REUSED',
      });
      await expect(there.run({ ...raiseCounter, by: 5 }, raising)).rejects.toMatchObject({
        code: 'COMMAND_ID_REUSED',
      });
      expect(await counterTotals(there.log, counterId)).toEqual([1, 3, 3]);
    });

    it('sent to two processes at once is recorded once', async () => {
      const nodes = [start(), start()];
      for (let round = 0; round < 10; round++) {
        const call = { counterId: newId(), commandId: newId() };
        const answers = await Promise.all(nodes.map(({ run }) => run(openCounter, call)));
        expect(answers[0]).toEqual(answers[1]);
        expect(await counterTotals(nodes[0]!.log, call.counterId)).toEqual([1]);
      }
    });
  });

  it('another order under the same id is a conflict', async () => {
    const { run } = start();
    const counterId = newId();
    await run(openCounter, { counterId });
    await expect(run({ ...openCounter, start: 2 }, { counterId })).rejects.toMatchObject({
      code: 'COUNTER_ALREADY_EXISTS',
    });
  });

  it('64 writers on one stream, from four processes: nothing lost, nothing twice', async () => {
    const nodes = [start(), start(), start(), start()];
    const counterId = newId();
    await nodes[0]!.run(openCounter, { counterId });
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_none, n) => nodes[n % 4]!.run(raiseCounter, { counterId })),
    );
    expect(new Set(answers.map(({ revision }) => revision)).size).toBe(64);
    const totals = await counterTotals(nodes[0]!.log, counterId);
    expect(totals).toEqual(Array.from({ length: 65 }, (_none, n) => 1 + 2 * n));
  });

  it('64 writers on 64 streams', async () => {
    const { run, log, streams } = start();
    const ids = Array.from({ length: 64 }, newId);
    const answers = await Promise.all(
      ids.map(async (counterId) => {
        await run(openCounter, { counterId, commandIdIsNew: true });
        return run(raiseCounter, { counterId, commandIdIsNew: true });
      }),
    );
    expect(answers.every(({ revision }) => revision === 1n)).toBe(true);
    expect(streams.calls).toEqual({ load: 0, append: 128 });
    for (const id of ids) expect(await counterTotals(log, id)).toEqual([1, 3]);
  });
});
