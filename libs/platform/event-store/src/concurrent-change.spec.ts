import { describe, expect, it } from '@jest/globals';
import { counterTotals, openCounter, raiseCounter, startCounters } from '#libs/platform/testing';
import { InMemoryEventStreams } from './memory/in-memory-event-streams.js';

describe('a concurrent change', () => {
  it('has the command decided again on what is there now', async () => {
    const { run, streams, log, seen } = startCounters();
    await run(openCounter);
    streams.beforeNextAppend(() => startCounters(log).run(raiseCounter));
    expect(await run(raiseCounter)).toMatchObject({ revision: 2n });
    expect(await counterTotals(log)).toEqual([1, 3, 5]);
    expect(seen.at(-1)).toMatchObject({ attempts: 2, outcome: 'recorded' });
  });

  it('refuses the command whose policy is to reject', async () => {
    const { run, streams, log } = startCounters();
    await run(openCounter);
    streams.beforeNextAppend(() => startCounters(log).run(raiseCounter));
    await expect(run({ type: 'CapCounter', at: 10 })).rejects.toMatchObject({ code: 'CONCURRENT_CHANGE' });
    expect(await counterTotals(log)).toEqual([1, 3]);
  });

  it('is reported when the attempts run out', async () => {
    const { run, streams, log } = startCounters(new InMemoryEventStreams(), { attempts: 3 });
    await run(openCounter);
    streams.beforeEachAppend(() => startCounters(log).run(raiseCounter));
    await expect(run(raiseCounter)).rejects.toMatchObject({ code: 'CONCURRENT_CHANGE' });
    expect(streams.calls.append).toBe(4);
  });

  it.each([1, 4])('of 64 writers in %i processes loses nothing and doubles nothing', async (processes) => {
    const log = new InMemoryEventStreams();
    const nodes = Array.from({ length: processes }, () => startCounters(log, { attempts: 64 }));
    await nodes[0]!.run(openCounter);
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_none, n) => nodes[n % processes]!.run(raiseCounter)),
    );
    expect(new Set(answers.map(({ revision }) => revision)).size).toBe(64);
    expect(log.all()).toHaveLength(65);
    expect((await counterTotals(log)).at(-1)).toBe(1 + 64 * 2);
  });
});
