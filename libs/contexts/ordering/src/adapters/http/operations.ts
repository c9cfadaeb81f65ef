import { EVENT_STORE_ERRORS } from '#libs/platform/event-store';
import { errorsOf, Operation, type OperationOptions } from '#libs/platform/http';
import { READ_MODEL_ERRORS } from '#libs/platform/projections';
import { ORDER_ERRORS, type OrderErrorCode } from '../../domain/order-errors.js';
import { orderAnswer } from './examples.js';

export const ORDER_PARAMS = { orderId: '536365' };

/** What any content of an order may break. */
export const CONTENT_CODES = [
  'ORDER_TOO_MANY_LINES',
  'ORDER_LINE_ID_REPEATED',
  'ORDER_FIELD_MISSING',
  'ORDER_CURRENCY_INVALID',
  'ORDER_QUANTITY_INVALID',
  'ORDER_UNIT_PRICE_INVALID',
  'ORDER_CHARGE_INVALID',
  'ORDER_AMOUNT_TOO_LARGE',
] as const satisfies readonly OrderErrorCode[];

/** What a command may be refused with: by the rules, as listed, or by the event store. */
export const commandRefusals = (...codes: readonly OrderErrorCode[]) => ({
  ...errorsOf(ORDER_ERRORS, ...codes),
  ...EVENT_STORE_ERRORS,
});

interface OrderOperation {
  readonly summary: string;
  readonly description?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly request?: object;
  /** What the command made, beside the order's id. */
  readonly made?: object;
  readonly refusals: readonly OrderErrorCode[];
}

/** Documents a command on an order that exists. */
export const OrderOperation = ({ made, refusals, params, ...operation }: OrderOperation): MethodDecorator =>
  Operation({
    ...operation,
    params: { ...ORDER_PARAMS, ...params },
    answer: { example: { ...orderAnswer, ...made, revision: 1, position: '8745' } },
    refusals: commandRefusals('ORDER_NOT_FOUND', ...refusals),
  });

type QueryOperation = Omit<OperationOptions, 'answer' | 'request'> & { readonly example: object };

/** Documents a query: what it answers, and that a read model may be behind the caller's token. */
export const QueryOperation = ({ example, refusals, ...operation }: QueryOperation): MethodDecorator =>
  Operation({ ...operation, answer: { example }, refusals: { ...refusals, ...READ_MODEL_ERRORS } });
