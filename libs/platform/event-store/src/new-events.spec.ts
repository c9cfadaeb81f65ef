import { describe, expect, it } from '@jest/globals';
import { commandContext, counterAggregate, openCounter } from '#libs/platform/testing';
import { eventId, newEvents } from './new-events.js';

const context = commandContext('OpenCounter', { commandId: 'key-1', commandHash: 'hash-1' });

describe('eventId', () => {
  // Ids of stored events derive so: if this one changes, retries across the change are recorded twice.
  it('is the same for the same command, for ever', () =>
    expect(eventId(context, 'counter-a', 0)).toBe('ac31cd0c-979d-5bb1-9401-33f23aebef6f'));

  it('does not depend on who asks or when', () =>
    expect(eventId({ ...context, actor: 'bob', at: '2030-01-01T00:00:00.000Z' }, 'counter-a', 0)).toBe(
      eventId(context, 'counter-a', 0),
    ));

  it.each([
    ['command', eventId({ ...context, commandId: 'key-2' }, 'counter-a', 0)],
    ['content', eventId({ ...context, commandHash: 'hash-2' }, 'counter-a', 0)],
    ['stream', eventId(context, 'counter-b', 0)],
    ['place', eventId(context, 'counter-a', 1)],
  ])('is another for another %s', (_what, other) => expect(other).not.toBe(eventId(context, 'counter-a', 0)));
});

describe('newEvents', () => {
  const opened = { type: 'CounterOpened', data: { start: 1 } } as const;
  const closed = { type: 'CounterClosed', data: {} } as const;

  it('keeps the command on the first event, where the aggregate asks for it', () => {
    const inputs = (recordInput: boolean) =>
      newEvents(
        { ...counterAggregate, recordInput },
        'counter-a',
        [opened, closed],
        openCounter,
        context,
      ).map(({ metadata }) => (metadata as { input?: object }).input);
    expect(inputs(true)).toEqual([openCounter, undefined]);
    expect(inputs(false)).toEqual([undefined, undefined]);
  });

  it('refuses an event that could not be read back', () => {
    const undeclared = { type: 'CounterBurnt', data: {} } as never;
    expect(() => newEvents(counterAggregate, 'counter-a', [undeclared], openCounter, context)).toThrow(
      'CounterBurnt was decided, but is not among the declared event types.',
    );
  });
});
