import { describe, expect, it } from '@jest/globals';
import {
  closeCounter,
  counterTotals,
  openCounter,
  raiseCounter,
  startCounters,
} from '#libs/platform/testing';
import { InMemoryEventStreams } from './memory/in-memory-event-streams.js';

describe('a cache that is behind', () => {
  it('never decides a refusal', async () => {
    const log = new InMemoryEventStreams();
    const [a, b] = [startCounters(log), startCounters(log)];
    await a.run(openCounter, { commandIdIsNew: true });
    await a.run(closeCounter, { commandIdIsNew: true });
    await b.run({ type: 'ReopenCounter' });
    expect(await a.run(raiseCounter)).toMatchObject({ revision: 3n });
  });

  it('never decides that an id is free', async () => {
    const log = new InMemoryEventStreams();
    const [a, b] = [startCounters(log), startCounters(log)];
    await expect(a.run(raiseCounter)).rejects.toMatchObject({ code: 'COUNTER_NOT_FOUND' });
    await b.run(openCounter);
    await expect(a.run(openCounter)).rejects.toMatchObject({ code: 'COUNTER_ALREADY_EXISTS' });
    expect(await a.run(raiseCounter)).toMatchObject({ revision: 1n });
  });

  it('never decides that there is nothing to record', async () => {
    const log = new InMemoryEventStreams();
    const [a, b] = [startCounters(log), startCounters(log)];
    await a.run(openCounter, { commandIdIsNew: true });
    await b.run({ type: 'CapCounter', at: 10 });
    expect(await a.run({ type: 'CapCounter', at: 1 })).toEqual({ revision: 1n, position: 1n, recorded: 0 });
  });

  it('never decides a revision mismatch', async () => {
    const log = new InMemoryEventStreams();
    const [a, b] = [startCounters(log), startCounters(log)];
    await a.run(openCounter, { commandIdIsNew: true });
    await b.run(raiseCounter);
    expect(await a.run(raiseCounter, { expectedRevision: 1n })).toMatchObject({ revision: 2n });
  });

  it('does not make a conflict of what happened long ago', async () => {
    const log = new InMemoryEventStreams();
    const [a, b] = [startCounters(log), startCounters(log)];
    await a.run(openCounter, { commandIdIsNew: true });
    await b.run(raiseCounter);
    expect(await a.run({ type: 'CapCounter', at: 10 })).toMatchObject({ revision: 2n });
    expect(await counterTotals(log)).toEqual([1, 3, 10]);
  });

  it('is dropped when the store was emptied or restored under it', async () => {
    const emptied = new InMemoryEventStreams();
    const { run, streams } = startCounters();
    await run(openCounter, { commandIdIsNew: true });
    await run(raiseCounter, { commandIdIsNew: true });
    streams.switchTo(emptied);
    await expect(run(raiseCounter)).rejects.toMatchObject({ code: 'COUNTER_NOT_FOUND' });
    expect(await run(openCounter)).toMatchObject({ revision: 0n });
  });

  it('stays within its bound', async () => {
    const { run, streams } = startCounters(new InMemoryEventStreams(), { cacheSizeBytes: 5_000 });
    for (let n = 0; n < 100; n++) await run(openCounter, { counterId: `n${n}`, commandIdIsNew: true });
    await run(raiseCounter, { counterId: 'n99' });
    expect(streams.calls.load).toBe(0);
    await run(raiseCounter, { counterId: 'n0' });
    expect(streams.calls.load).toBe(1);
  });
});
