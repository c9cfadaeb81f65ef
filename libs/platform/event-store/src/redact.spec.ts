import { expect, it } from '@jest/globals';
import { redact } from './redact.js';

const eventTypes = {
  Ordered: {
    version: 1,
    personal: ['name', 'address.street', 'lines.*.engraving', 'contacts.*', 'nothing.here'],
  },
  Shipped: { version: 1 },
};

it('blanks the personal fields and nothing else, in a copy', () => {
  const event = {
    type: 'Ordered',
    data: {
      name: 'Ada',
      total: 3,
      address: { street: 'Main 1', country: 'GB' },
      lines: [{ engraving: 'for Eve', quantity: 1 }, { quantity: 2 }],
      contacts: { email: 'a@b', phone: null },
    },
  };
  const before = JSON.stringify(event);
  expect(redact(eventTypes, event)).toEqual({
    type: 'Ordered',
    data: {
      name: '[redacted]',
      total: 3,
      address: { street: '[redacted]', country: 'GB' },
      lines: [{ engraving: '[redacted]', quantity: 1 }, { quantity: 2 }],
      contacts: { email: '[redacted]', phone: null },
    },
  });
  expect(JSON.stringify(event)).toBe(before);
});

it('leaves an event without personal fields as it is', () =>
  expect(redact(eventTypes, { type: 'Shipped', data: { on: 'day' } })).toEqual({
    type: 'Shipped',
    data: { on: 'day' },
  }));
