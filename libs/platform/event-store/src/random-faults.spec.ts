import { describe, expect, it } from '@jest/globals';
import {
  type CounterCall,
  counterTotals,
  type Loss,
  openCounter,
  startCounters,
} from '#libs/platform/testing';
import { dice } from '#libs/testing';
import type { CommandAnswer } from './aggregate-store.js';
import { InMemoryEventStreams } from './memory/in-memory-event-streams.js';

const LOSSES: readonly Loss[] = ['answer', 'request', 'late'];

/**
 * Clients that send each command until it is answered, now and then to another process, now and then once more; over
 * a store that loses requests and answers, and processes that restart. What was answered is there once.
 */
describe('commands under random faults', () => {
  it.each([1, 2, 3, 4, 5])('are recorded once, whatever gets lost (seed %i)', async (seed) => {
    const { upTo: below } = dice(seed);
    const log = new InMemoryEventStreams();
    const start = () =>
      startCounters(log, { appendTimeoutMs: 20, commandTimeoutMs: 2_000, cacheSizeBytes: 20_000 });
    const processes = [start(), start(), start()];
    const ids = ['a', 'b', 'c'];
    for (const counterId of ids) await processes[0]!.run({ ...openCounter, start: 0 }, { counterId });

    const anyProcess = () => {
      const at = below(processes.length);
      if (below(20) === 0) processes[at] = start();
      const chosen = processes[at]!;
      if (below(4) === 0) chosen.streams.loseNext(LOSSES[below(3)]!);
      if (below(6) === 0) chosen.streams.failLoads(below(3));
      return chosen;
    };
    const send = async (by: number, call: CounterCall): Promise<CommandAnswer> => {
      for (let attempt = 0; attempt < 50; attempt++)
        try {
          return await anyProcess().run({ type: 'RaiseCounter', by }, call);
        } catch (error) {
          expect(error).toMatchObject({ code: 'EVENT_STORE_UNAVAILABLE' });
        }
      throw new Error('never answered');
    };

    const expected = new Map(ids.map((id) => [id, 0]));
    const client = async (name: number) => {
      for (let n = 0; n < 15; n++) {
        const counterId = ids[below(ids.length)]!;
        const by = 1 + below(9);
        const call = { counterId, commandId: `${name}/${n}` };
        const first = await send(by, call);
        expected.set(counterId, expected.get(counterId)! + by);
        if (below(3) === 0) expect(await send(by, call)).toEqual(first);
      }
    };
    await Promise.all([1, 2, 3, 4].map(client));
    for (const { streams } of processes) await streams.settled();
    for (const id of ids) expect((await counterTotals(log, id)).at(-1)).toBe(expected.get(id));
    expect(log.all()).toHaveLength(ids.length + 4 * 15);
  });
});
