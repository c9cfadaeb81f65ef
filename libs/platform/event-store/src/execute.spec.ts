import { describe, expect, it } from '@jest/globals';
import { newId } from '#libs/platform/kernel';
import {
  closeCounter,
  commandContext,
  counterAggregate,
  openCounter,
  raiseCounter,
  startCounters,
} from '#libs/platform/testing';

describe('execute', () => {
  it('records what is decided, with who, when and why beside it', async () => {
    const { log, run } = startCounters();
    const commandId = newId();
    expect(await run(openCounter, { commandId, correlationId: 'c' })).toEqual({
      revision: 0n,
      position: 0n,
      recorded: 1,
    });
    expect(log.all()).toEqual([
      expect.objectContaining({
        stream: 'counter-a',
        type: 'CounterOpened',
        data: { start: 1 },
        metadata: {
          schemaVersion: 1,
          $correlationId: 'c',
          $causationId: commandId,
          commandId,
          commandType: 'OpenCounter',
          commandHash: JSON.stringify(openCounter),
          actor: 'eve',
          at: '2026-03-01T10:00:00.000Z',
          input: openCounter,
        },
      }),
    ]);
  });

  it('starts a stream in one round trip, and goes on in one', async () => {
    const { run, streams } = startCounters();
    await run(openCounter, { commandIdIsNew: true });
    await run(raiseCounter, { commandIdIsNew: true });
    await run(raiseCounter, { commandIdIsNew: true });
    expect(streams.calls).toEqual({ load: 0, append: 3 });
  });

  it('answers with the place of the stream when there is nothing to record', async () => {
    const { run } = startCounters();
    await run(openCounter);
    const closed = await run(closeCounter);
    expect(await run(closeCounter)).toEqual({ ...closed, recorded: 0 });
  });

  it('says which revision the resource is at when another was expected', async () => {
    const { run } = startCounters();
    await run(openCounter);
    await run(raiseCounter, { expectedRevision: 0n });
    await expect(run(raiseCounter, { expectedRevision: 0n })).rejects.toMatchObject({
      code: 'STREAM_REVISION_MISMATCH',
      detail: 'The resource is at revision 1, not 0.',
    });
  });

  it('tells the observer what happened', async () => {
    const { run, seen } = startCounters();
    const commandId = newId();
    await run(openCounter);
    await run(raiseCounter, { commandId });
    await run(raiseCounter, { commandId });
    await run(closeCounter);
    await run(closeCounter);
    await expect(run(raiseCounter)).rejects.toThrow('closed');
    expect(seen.map(({ outcome }) => outcome)).toEqual([
      'recorded',
      'recorded',
      'repeated',
      'recorded',
      'nothing',
      'COUNTER_CLOSED',
    ]);
  });

  it('refuses an aggregate that could not be stored', async () => {
    const { store } = startCounters();
    const dashed = { ...counterAggregate, category: 'counter-x' };
    await expect(store.execute(dashed, 'a', openCounter, commandContext('OpenCounter'))).rejects.toThrow(
      'without a dash',
    );
  });

  it('stops at an event that a newer version wrote', async () => {
    const { run, log } = startCounters();
    await run(openCounter);
    await log.append(
      'counter-a',
      [{ id: newId(), type: 'CounterRaised', data: {}, metadata: { schemaVersion: 2 } }],
      0n,
    );
    await expect(run(raiseCounter)).rejects.toMatchObject({
      code: 'EVENT_UNREADABLE',
      unreadable: {
        stream: 'counter-a',
        revision: 1n,
        reason: 'newer_version',
        storedVersion: 2,
        knownVersion: 1,
      },
    });
    expect(log.all()).toHaveLength(2);
  });
});
