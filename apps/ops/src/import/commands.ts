import { hash } from 'node:crypto';
import type { NewProduct } from '#libs/contexts/catalog';
import type { NewCustomer } from '#libs/contexts/customers';
import type { CommandContext } from '#libs/platform/event-store';
import type { ImportedContent, ImportTarget } from './import-target.js';
import type { Row } from './row.js';

const SOURCE = 'import-online-retail';
const CURRENCY = 'GBP';

/** A command ready to be sent, as often as it takes. */
export type Send = (target: ImportTarget) => Promise<{ readonly position: bigint }>;

export function registerCustomer(customerId: string, first: Row): Send {
  const customer: NewCustomer = { customerId, contact: {}, address: { country: first.country } };
  const context = contextOf('RegisterCustomer', `customer:${customerId}`, first.at, customer);
  return (target) => target.registerCustomer(customer, context);
}

/** @param first the row with the price; its time is the command's. */
export function registerProduct(name: string, first: Row): Send {
  const { stockCode: code, unitPriceThousandths: priceThousandths } = first;
  const product: NewProduct = { code, name, priceThousandths, currency: CURRENCY };
  const context = contextOf('RegisterProduct', `product:${code}`, first.at, product);
  return (target) => target.registerProduct(product, context);
}

/** @param rows at least one, all of one sale invoice. */
export function placeOrder(orderId: string, rows: readonly Row[]): Send {
  const order = contentOf(rows, (quantity) => quantity);
  const context = contextOf('PlaceOrder', orderId, firstOf(rows).at, order);
  return (target) => target.placeOrder(orderId, order, context);
}

/** Quantities below zero in the file are units credited. @param rows at least one, all of one cancellation. */
export function issueCreditNote(creditNoteId: string, rows: readonly Row[]): Send {
  const note = contentOf(rows, (quantity) => -quantity);
  const context = contextOf('IssueCreditNote', creditNoteId, firstOf(rows).at, note);
  return (target) => target.issueCreditNote(creditNoteId, note, context);
}

/** Ids follow from the file alone: however often and by whomever it is imported, a command is the same command. */
function contextOf(commandType: string, subject: string, at: string, content: object): CommandContext {
  const commandId = `${SOURCE}:${subject}`;
  return {
    commandId,
    commandType,
    commandHash: hash('sha256', JSON.stringify([commandType, at, content]), 'hex'),
    actor: SOURCE,
    correlationId: SOURCE,
    causationId: commandId,
    at,
  };
}

function contentOf(rows: readonly Row[], units: (quantity: number) => number): ImportedContent {
  const { customerId, country } = firstOf(rows);
  if (customerId === undefined) throw new Error('Only documents of known customers are imported.');
  const lines = rows.map(({ stockCode, description, quantity, unitPriceThousandths }, index) => ({
    lineId: String(index + 1),
    productCode: stockCode,
    ...(description === '' ? {} : { description }),
    quantity: units(quantity),
    unitPriceThousandths,
  }));
  return { customerId, country, currency: CURRENCY, lines };
}

function firstOf(rows: readonly Row[]): Row {
  const [first] = rows;
  if (!first) throw new Error('A document has at least one row.');
  return first;
}
