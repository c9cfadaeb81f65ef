import type { Address, Charge, OrderContent, ProductLine } from './order-content.js';
import { refuseOrder } from './order-errors.js';
import { type Totals, totalsOf } from './totals.js';

const MOST_LINES = 2_000;
const MOST_UNITS = 1_000_000;
const CURRENCY = /^[A-Z]{3}$/;

/** The content as it will be stored (known fields only) with its totals. @throws DomainError what breaks a rule. */
export function checkedContent(content: OrderContent): { content: OrderContent; totals: Totals } {
  const { customerId, country, currency, address } = content;
  filled('customerId', customerId);
  filled('country', country);
  if (!CURRENCY.test(currency)) throw refuseOrder('ORDER_CURRENCY_INVALID', { field: 'currency' });
  const lines = content.lines.map((line, index) => checkedLine(line, `lines[${index}].`));
  const charges = content.charges.map((charge, index) => checkedCharge(charge, `charges[${index}].`));
  checkCount(lines.length + charges.length, 'lines');
  checkIds(lines, charges);
  return {
    content: {
      customerId,
      country,
      currency,
      lines,
      charges,
      ...(address && { address: checkedAddress(address, 'address.') }),
    },
    totals: totalsOf(lines, charges),
  };
}

/** @param path what comes before a field's name in a refusal: `lines[3].`, or nothing. */
export function checkedLine(line: ProductLine, path = ''): ProductLine {
  const { lineId, productCode, description, quantity, unitPriceThousandths } = line;
  filled(`${path}lineId`, lineId);
  filled(`${path}productCode`, productCode);
  if (!isQuantity(quantity)) throw refuseOrder('ORDER_QUANTITY_INVALID', { field: `${path}quantity` });
  if (!Number.isSafeInteger(unitPriceThousandths) || unitPriceThousandths < 0)
    throw refuseOrder('ORDER_UNIT_PRICE_INVALID', { field: `${path}unitPrice` });
  return { lineId, productCode, ...described(description), quantity, unitPriceThousandths };
}

export function checkedCharge(charge: Charge, path = ''): Charge {
  const { lineId, kind, description, amountThousandths } = charge;
  filled(`${path}lineId`, lineId);
  const signed = kind === 'discount' ? amountThousandths <= 0 : amountThousandths >= 0;
  if (!Number.isSafeInteger(amountThousandths) || !signed)
    throw refuseOrder('ORDER_CHARGE_INVALID', { field: `${path}amount` });
  return { lineId, kind, ...described(description), amountThousandths };
}

export function checkedAddress(address: Address, path = ''): Address {
  const { name, street, city, region, postalCode, country } = address;
  for (const [field, text] of Object.entries({ name, street, city, country }))
    filled(`${path}${field}`, text);
  return {
    name,
    street,
    city,
    ...(region !== undefined && { region }),
    ...(postalCode !== undefined && { postalCode }),
    country,
  };
}

export function checkCount(count: number, field?: string): void {
  if (count > MOST_LINES)
    throw refuseOrder('ORDER_TOO_MANY_LINES', {
      detail: `An order holds at most 2,000 lines, charges included; this one would have ${count}.`,
      ...(field !== undefined && { field }),
    });
}

/** What must hold once an order is placed, while a draft may still be short of it. */
export function checkPlaceable(content: OrderContent, totals: Totals): void {
  if (content.lines.length === 0) throw refuseOrder('ORDER_HAS_NO_LINES', { field: 'lines' });
  if (totals.totalThousandths < 0) throw refuseOrder('ORDER_TOTAL_NEGATIVE', { field: 'charges' });
}

export const isQuantity = (quantity: number): boolean =>
  Number.isInteger(quantity) && quantity >= 1 && quantity <= MOST_UNITS;

function checkIds(lines: readonly ProductLine[], charges: readonly Charge[]): void {
  const seen = new Set<string>();
  const once = (list: string) => (line: ProductLine | Charge, index: number) => {
    if (seen.has(line.lineId))
      throw refuseOrder('ORDER_LINE_ID_REPEATED', { field: `${list}[${index}].lineId` });
    seen.add(line.lineId);
  };
  lines.forEach(once('lines'));
  charges.forEach(once('charges'));
}

function filled(field: string, text: string): void {
  if (text.trim() === '') throw refuseOrder('ORDER_FIELD_MISSING', { detail: `${field} is empty.`, field });
}

const described = (description: string | undefined) =>
  description === undefined || description === '' ? {} : { description };
