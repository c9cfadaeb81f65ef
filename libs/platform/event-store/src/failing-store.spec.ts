import { describe, expect, it } from '@jest/globals';
import { newId } from '#libs/platform/kernel';
import { counterTotals, openCounter, raiseCounter, startCounters } from '#libs/platform/testing';
import { InMemoryEventStreams } from './memory/in-memory-event-streams.js';

describe('a store that fails', () => {
  it('is reported at once when nothing was sent', async () => {
    const { run, streams, log } = startCounters();
    streams.goAway();
    await expect(run(openCounter)).rejects.toMatchObject({
      code: 'EVENT_STORE_UNAVAILABLE',
      kind: 'unavailable',
    });
    await expect(run(raiseCounter)).rejects.toMatchObject({ code: 'EVENT_STORE_UNAVAILABLE' });
    streams.comeBack();
    expect(await run(openCounter)).toMatchObject({ recorded: 1 });
    expect(log.all()).toHaveLength(1);
  });

  it.each([
    ['the answer was lost', 'answer'],
    ['the request was lost', 'request'],
    ['the request arrives late', 'late'],
  ] as const)('records once when %s', async (_how, fault) => {
    const { run, streams, log } = startCounters();
    const commandId = newId();
    streams.loseNext(fault);
    const created = await run(openCounter, { commandId });
    expect(created).toMatchObject({ revision: 0n, recorded: 1 });
    streams.loseNext(fault);
    expect(await run(raiseCounter)).toMatchObject({ revision: 1n, recorded: 1 });
    expect(await run(openCounter, { commandId })).toEqual(created);
    await streams.settled();
    expect(await counterTotals(log)).toEqual([1, 3]);
  });

  it('is read until it answers, when the outcome is not known', async () => {
    const { run, streams, log } = startCounters();
    streams.loseNext('answer');
    streams.failLoads(3);
    expect(await run(openCounter)).toMatchObject({ revision: 0n, recorded: 1 });
    expect(log.all()).toHaveLength(1);
  });

  it('says so when the outcome cannot be established, and a retry gives the first answer', async () => {
    const { run, streams, log } = startCounters(new InMemoryEventStreams(), { commandTimeoutMs: 300 });
    const commandId = newId();
    streams.loseNext('answer');
    streams.failLoads(1_000);
    await expect(run(openCounter, { commandId })).rejects.toMatchObject({
      code: 'EVENT_STORE_UNAVAILABLE',
      detail: expect.stringContaining('could not be established'),
    });
    streams.failLoads(0);
    expect(await run(openCounter, { commandId })).toEqual({ revision: 0n, position: 0n, recorded: 1 });
    expect(log.all()).toHaveLength(1);
  });

  it('says so, too, when every attempt goes unanswered', async () => {
    const { run, streams, log } = startCounters(new InMemoryEventStreams(), { attempts: 3 });
    streams.beforeEachAppend(async () => streams.loseNext('request'));
    await expect(run(openCounter)).rejects.toMatchObject({ code: 'EVENT_STORE_UNAVAILABLE' });
    expect(streams.calls).toEqual({ load: 3, append: 3 });
    expect(log.all()).toEqual([]);
  });

  it('reports what is too large to be recorded', async () => {
    const { run } = startCounters(new InMemoryEventStreams({ appendSizeBytes: 5 }));
    await expect(run(openCounter)).rejects.toMatchObject({
      code: 'COMMAND_TOO_LARGE',
      kind: 'unprocessable',
    });
  });
});
