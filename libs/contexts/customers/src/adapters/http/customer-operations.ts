import { EVENT_STORE_ERRORS } from '#libs/platform/event-store';
import { errorsOf, Operation } from '#libs/platform/http';
import { READ_MODEL_ERRORS } from '#libs/platform/projections';
import { CUSTOMER_ERRORS } from '../../domain/customer-errors.js';

/** By the rules, as listed, or by the event store. */
const commandRefusals = (...codes: readonly (keyof typeof CUSTOMER_ERRORS)[]) => ({
  ...errorsOf(CUSTOMER_ERRORS, ...codes),
  ...EVENT_STORE_ERRORS,
});

const TAG = 'customers';
const params = { id: '12347' };
const contact = { name: 'Ada Lovelace', email: 'ada@example.com' };
const address = { line1: "12 St James's Square", city: 'London', country: 'United Kingdom' };
const changed = { example: { customerId: '12347', revision: 1, position: '4711' } };
const customer = {
  customerId: '12347',
  contact,
  address,
  registeredAt: '2026-03-01T10:00:00.000Z',
  changedAt: '2026-03-01T10:00:00.000Z',
  revision: 0,
};
const PER_FIELD =
  'A field left out stays as it is; null takes it away. Each field keeps the value of the latest command by its time: a command that comes late does not overwrite a newer value.';

/** What the OpenAPI document says of the routes of customers. */
export const CustomerOperation = {
  register: Operation({
    summary: 'Register a customer',
    description: 'The same registration again changes nothing.',
    tag: TAG,
    request: { customerId: '12347', contact, address },
    answer: { status: 201, example: { customerId: '12347', revision: 0, position: '4711' } },
    refusals: commandRefusals('CUSTOMER_ALREADY_EXISTS', 'CUSTOMER_FIELD_INVALID'),
  }),
  changeContact: Operation({
    summary: 'Change how a customer is reached',
    description: PER_FIELD,
    tag: TAG,
    params,
    request: { email: 'ada.king@example.com', phone: null },
    answer: changed,
    refusals: commandRefusals('CUSTOMER_NOT_FOUND', 'CUSTOMER_FIELD_INVALID'),
  }),
  changeAddress: Operation({
    summary: 'Change where a customer lives',
    description: PER_FIELD,
    tag: TAG,
    params,
    request: { line1: 'Ockham Park', city: 'Ockham', line2: null },
    answer: changed,
    refusals: commandRefusals('CUSTOMER_NOT_FOUND', 'CUSTOMER_FIELD_INVALID', 'CUSTOMER_COUNTRY_MISSING'),
  }),
  get: Operation({
    summary: 'A customer',
    tag: TAG,
    params,
    answer: { example: customer },
    refusals: { ...errorsOf(CUSTOMER_ERRORS, 'CUSTOMER_NOT_FOUND'), ...READ_MODEL_ERRORS },
  }),
  list: Operation({
    summary: 'Customers by id, a page at a time',
    tag: TAG,
    answer: { example: { items: [customer], links: { self: '/customers?country=United%20Kingdom' } } },
    refusals: READ_MODEL_ERRORS,
  }),
};
