import { describe, expect, it } from '@jest/globals';
import { newId } from '#libs/platform/kernel';
import {
  type CounterCommand,
  closeCounter,
  counterTotals,
  openCounter,
  raiseCounter,
  startCounters,
} from '#libs/platform/testing';
import { InMemoryEventStreams } from './memory/in-memory-event-streams.js';

describe('a repeated command', () => {
  it('gives the first answer and records nothing', async () => {
    const { run, log } = startCounters();
    await run(openCounter);
    const commandId = newId();
    const first = await run(raiseCounter, { commandId });
    expect(await run(raiseCounter, { commandId })).toEqual(first);
    expect(await counterTotals(log)).toEqual([1, 3]);
  });

  it('is refused with another content', async () => {
    const { run, log } = startCounters();
    const commandId = newId();
    await run(openCounter);
    await run(raiseCounter, { commandId });
    await expect(run({ ...raiseCounter, by: 5 }, { commandId })).rejects.toMatchObject({
      code: 'COMMAND_ID_REUSED',
    });
    expect(log.all()).toHaveLength(2);
  });

  it('that created: also with another content, another time, and after others', async () => {
    const { run, log } = startCounters();
    const commandId = newId();
    const first = await run(openCounter, { commandId });
    await run(raiseCounter);
    expect(await run(openCounter, { commandId, at: '2026-03-02T10:00:00.000Z' })).toEqual(first);
    await expect(run({ ...openCounter, start: 9 }, { commandId })).rejects.toMatchObject({
      code: 'COMMAND_ID_REUSED',
    });
    expect(log.all()).toHaveLength(2);
  });

  it.each([
    ['that created', openCounter],
    ['that changed', raiseCounter],
  ])('%s gives the first answer after a restart, after later commands', async (_what, command) => {
    const { run, log } = startCounters();
    const commandId = newId();
    if (command === raiseCounter) await run(openCounter);
    const first = await run(command, { commandId });
    await run(raiseCounter);
    await run(closeCounter);
    const restarted = startCounters(log);
    expect(await restarted.run(command, { commandId })).toEqual(first);
    await expect(
      startCounters(log).run({ ...command, by: 7 } as CounterCommand, { commandId }),
    ).rejects.toMatchObject({
      code: 'COMMAND_ID_REUSED',
    });
  });

  it('gives the first answer behind a cache that does not know of it', async () => {
    const log = new InMemoryEventStreams();
    const [a, b] = [startCounters(log), startCounters(log)];
    const commandId = newId();
    await a.run(openCounter, { commandIdIsNew: true });
    const first = await b.run(raiseCounter, { commandId });
    expect(await a.run(raiseCounter, { commandId })).toEqual(first);
    await b.run(raiseCounter);
    expect(await a.run(raiseCounter, { commandId })).toEqual(first);
  });

  it('that recorded nothing is decided again', async () => {
    const { run } = startCounters();
    await run(openCounter);
    const commandId = newId();
    expect(await run({ type: 'CapCounter', at: 0 }, { commandId })).toMatchObject({ recorded: 0 });
    expect(await run({ type: 'CapCounter', at: 0 }, { commandId })).toMatchObject({ recorded: 0 });
  });

  it('keeps the state that was stored, not the one decided now', async () => {
    // Two nodes get the same command at different times; the second must not take its own decision for the state.
    const log = new InMemoryEventStreams();
    const [a, b] = [startCounters(log), startCounters(log)];
    const commandId = newId();
    await a.run(openCounter, { commandId, commandHash: 'same' });
    expect(await b.run({ ...openCounter, start: 100 }, { commandId, commandHash: 'same' })).toMatchObject({
      revision: 0n,
    });
    await b.run(raiseCounter);
    expect(await counterTotals(log)).toEqual([1, 3]);
  });
});
