import { describe, expect, it } from '@jest/globals';
import { redact } from '#libs/platform/event-store';
import { fixtureProblems, sourceFolder } from '#libs/platform/testing';
import { customerEventTypes } from './customer-events.js';

describe('stored customer events', () => {
  it('are read as they were stored', () =>
    expect(fixtureProblems(sourceFolder(import.meta.url, 'fixtures'), customerEventTypes)).toEqual([]));

  it('show no more than the country in logs', () => {
    const contact = { name: 'Ada', email: 'ada@example.com', phone: '1' };
    const address = { line1: 'a', line2: 'b', city: 'c', region: 'd', postalCode: 'e', country: 'Iceland' };
    const shown = JSON.stringify(
      redact(customerEventTypes, {
        type: 'CustomerRegistered',
        data: { customerId: '12347', contact, address, registeredAt: '2026-03-01T10:00:00.000Z' },
      }),
    );
    expect(shown).toContain('"country":"Iceland"');
    expect(shown).not.toMatch(/Ada|ada@|"[1abcde]"/);
  });
});
