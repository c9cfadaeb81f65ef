import { badField } from '#libs/platform/http';
import { parseAmount } from '#libs/platform/kernel';
import type { Charge, OrderContent, ProductLine } from '../../domain/order-content.js';
import type { ChargeBody, OrderBody, OrderLineBody, ProductLineBody } from './order-dto.js';

/** An order's content as the rules take it. */
export function contentOf({ customerId, country, currency, lines = [], charges = [], address }: OrderBody) {
  const numbers = freeNumbers([...lines, ...charges]);
  const content: OrderContent = {
    customerId,
    country,
    currency,
    lines: lines.map((line) => productLineOf(line, line.lineId ?? numbers())),
    charges: charges.map((charge) => chargeOf(charge, charge.lineId ?? numbers())),
    ...(address && { address }),
  };
  return content;
}

/** The lines of a credit note. */
export function linesOf(lines: readonly ProductLineBody[]): readonly ProductLine[] {
  const numbers = freeNumbers(lines);
  return lines.map((line) => productLineOf(line, line.lineId ?? numbers()));
}

/**
 * Lines without an id are numbered 1, 2, … past those that are taken, so that the same request always makes the same
 * ids and repeats itself.
 */
function freeNumbers(lines: readonly { readonly lineId?: string }[]): () => string {
  const taken = new Set(lines.map(({ lineId }) => lineId));
  let number = 0;
  return () => {
    do number++;
    while (taken.has(String(number)));
    return String(number);
  };
}

/** @throws HttpError VALIDATION_FAILED naming the field that the kind of line needs, or has no use for. */
export function lineOf(body: OrderLineBody, lineId: string): ProductLine | Charge {
  const { kind = 'product', productCode, description, quantity, unitPrice, amount } = body;
  const line = { description, lineId };
  if (kind === 'product') {
    absent('amount', amount, 'a product line');
    return productLineOf(
      {
        ...line,
        productCode: given('productCode', productCode, 'a product line'),
        quantity: given('quantity', quantity, 'a product line'),
        unitPrice: given('unitPrice', unitPrice, 'a product line'),
      },
      lineId,
    );
  }
  absent('productCode', productCode, 'a charge');
  absent('quantity', quantity, 'a charge');
  absent('unitPrice', unitPrice, 'a charge');
  return chargeOf({ ...line, kind, amount: given('amount', amount, 'a charge') }, lineId);
}

type Described<Body extends { description?: string }> = Omit<Body, 'description'> & {
  readonly description?: string | undefined;
};

const productLineOf = (
  { productCode, description, quantity, unitPrice }: Described<ProductLineBody>,
  lineId: string,
): ProductLine => ({
  lineId,
  productCode,
  ...(description !== undefined && { description }),
  quantity,
  unitPriceThousandths: parseAmount(unitPrice, 3),
});

const chargeOf = ({ kind, description, amount }: Described<ChargeBody>, lineId: string): Charge => ({
  lineId,
  kind,
  ...(description !== undefined && { description }),
  amountThousandths: parseAmount(amount, 3),
});

function given<Value>(field: string, value: Value | undefined, of: string): Value {
  if (value === undefined) throw badField(field, `must be given for ${of}`);
  return value;
}

function absent(field: string, value: unknown, of: string): void {
  if (value !== undefined) throw badField(field, `has no meaning for ${of}`);
}
