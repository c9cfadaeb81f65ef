import { describe, expect, it } from '@jest/globals';
import type { EventTypes } from '#libs/platform/kernel';
import { checkAggregate, checkEventTypes } from './check-aggregate.js';
import { decodeEvent } from './decode-event.js';
import type { StoredEvent } from './event-streams.js';

type Paid = { readonly type: 'Paid'; readonly data: { readonly cents: number; readonly by: string } };
const eventTypes: EventTypes<Paid> = {
  Paid: {
    version: 3,
    upcasters: [
      (data) => ({ cents: (data as { pounds: number }).pounds * 100 }),
      (data) => ({ ...(data as object), by: 'cash' }),
    ],
  },
};
const stored = (data: unknown, metadata: unknown, type = 'Paid'): StoredEvent => ({
  stream: 'payment-1',
  revision: 4n,
  position: 90n,
  id: '8d0f2c66-7a6f-4f0e-9d53-d1cf7d6f0f6e',
  type,
  data,
  metadata,
  recordedAt: '2026-03-01T10:00:00.000Z',
});

describe('decodeEvent', () => {
  it.each([
    [1, { pounds: 2 }],
    [2, { cents: 200 }],
    [3, { cents: 200, by: 'cash' }],
  ])('lifts version %i to today', (schemaVersion, data) =>
    expect(decodeEvent(eventTypes, stored(data, { schemaVersion }))).toEqual({
      event: { type: 'Paid', data: { cents: 200, by: 'cash' } },
      stream: 'payment-1',
      revision: 4n,
      position: 90n,
      id: '8d0f2c66-7a6f-4f0e-9d53-d1cf7d6f0f6e',
      recordedAt: '2026-03-01T10:00:00.000Z',
      metadata: { schemaVersion },
    }),
  );

  it.each([
    ['unknown_type', 'does not know that type', stored({}, { schemaVersion: 1 }, 'Refunded')],
    ['unknown_type', 'does not know that type', stored({}, { schemaVersion: 1 }, 'constructor')],
    ['newer_version', 'schema version 4, this software knows up to 3', stored({}, { schemaVersion: 4 })],
    ['bad_metadata', 'no schemaVersion', stored({}, undefined)],
    ['bad_metadata', 'no schemaVersion', stored({}, { schemaVersion: '1' })],
    ['bad_metadata', 'no schemaVersion', stored({}, { schemaVersion: 0 })],
    ['bad_data', 'not a JSON object', stored('text', { schemaVersion: 3 })],
    ['upcaster_failed', 'from schema version 1 to 3 failed', stored(null, { schemaVersion: 1 })],
  ])('stops with a reason: %s, %s', (reason, sentence, event) => {
    const decode = () => decodeEvent(eventTypes, event);
    expect(decode).toThrow(sentence);
    expect(decode).toThrow(`Event ${event.type} at revision 4 of payment-1 cannot be read`);
    expect(decode).toThrow(expect.objectContaining({ unreadable: expect.objectContaining({ reason }) }));
  });
});

describe('checkAggregate', () => {
  it.each([
    ['needs 1 upcasters (1 to 2, and so on), it has 0', { Paid: { version: 2 } }],
    ['needs 0 upcasters', { Paid: { version: 1, upcasters: [(data: unknown) => data] } }],
    ['whole numbers from 1', { Paid: { version: 0 } }],
    ['whole numbers from 1', { Paid: { version: 1.5 } }],
  ])('refuses a chain that %s', (why, types) => expect(() => checkEventTypes(types)).toThrow(why));

  it.each(['order-line', '$order', '', 'two words'])('refuses the category "%s"', (category) =>
    expect(() => checkAggregate({ category, eventTypes: {} })).toThrow('without a dash'),
  );

  it('takes a sound one', () =>
    expect(() => checkAggregate({ category: 'creditNote', eventTypes })).not.toThrow());
});
