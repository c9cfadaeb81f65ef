import { expect, it } from '@jest/globals';
import { DomainError } from './domain-error.js';

const definition = { kind: 'conflict', message: 'The order is closed.' } as const;

it('says what the table says', () => {
  const error = new DomainError('ORDER_CLOSED', definition);
  expect(error).toMatchObject({ code: 'ORDER_CLOSED', kind: 'conflict', message: 'The order is closed.' });
  expect(error).toBeInstanceOf(Error);
});

it('says what was wrong in this case, where, and why', () => {
  const cause = new Error('shipped');
  const error = new DomainError('ORDER_CLOSED', definition, {
    detail: 'Shipped on Monday.',
    field: 'lines[0]',
    cause,
  });
  expect(error).toMatchObject({
    message: 'Shipped on Monday.',
    detail: 'Shipped on Monday.',
    field: 'lines[0]',
    cause,
  });
});
