import { Currency, Day, Id, OneOf, Text, Timestamp, WholeNumber } from '#libs/platform/http';
import { ORDER_STATUSES, type OrderStatus } from '../../domain/order-state.js';
import { country, productCode } from './order-dto.js';

const after = () =>
  Text({ max: 1000, optional: true, description: 'From the next link of the page before.' });
const limit = (max: number, usual: number) =>
  WholeNumber({
    min: 1,
    max,
    inQuery: true,
    optional: true,
    example: usual,
    description: `${usual} unless told.`,
  });
const from = (what: string) =>
  Timestamp({
    orDay: true,
    optional: true,
    description: `${what} then or later; a day means its midnight UTC.`,
  });
const to = (what: string) => Timestamp({ orDay: true, optional: true, description: `${what} before that.` });
const MONTH = {
  pattern: /^\d{4}-(?:0[1-9]|1[0-2])$/,
  expected: 'a month such as "2026-03"',
  example: '2026-03',
};

export class ListOrdersQuery {
  @OneOf(ORDER_STATUSES, { optional: true, example: 'placed' }) status?: OrderStatus;
  @Id({ optional: true, example: '17850' }) customerId?: string;
  @country(true) country?: string;
  @from('Placed (a draft: drafted)') from?: string;
  @to('Placed (a draft: drafted)') to?: string;
  @OneOf(['placedAt', 'total'], {
    optional: true,
    description:
      '`placedAt`: the newest first, unless told; `total`: the largest first, whatever the currency.',
  })
  sort?: 'placedAt' | 'total';
  @limit(200, 50) limit?: number;
  @after() after?: string;
}

export class ListCreditNotesQuery {
  @Id({ optional: true, example: '17850' }) customerId?: string;
  @Id({ optional: true, example: '536365' }) orderId?: string;
  @from('Issued') from?: string;
  @to('Issued') to?: string;
  @limit(200, 50) limit?: number;
  @after() after?: string;
}

export class CreditNoteParams {
  @Id({ example: 'C536379' }) creditNoteId!: string;
}

export class CustomerParams {
  @Id({ example: '17850' }) customerId!: string;
}

export class ProductParams {
  @productCode() productCode!: string;
}

class ReportQuery {
  @Currency({ optional: true }) currency?: string;
  @limit(1000, 100) limit?: number;
  @after() after?: string;
}

export class SalesByDayQuery extends ReportQuery {
  @Day({ optional: true, description: 'The first day.' }) from?: string;
  @Day({ optional: true, description: 'The day after the last.' }) to?: string;
}

export class SalesByMonthQuery extends ReportQuery {
  @Text({ ...MONTH, optional: true, description: 'The first month.' }) from?: string;
  @Text({ ...MONTH, optional: true, description: 'The month after the last.' }) to?: string;
}

export class SalesByCountryQuery extends ReportQuery {}
