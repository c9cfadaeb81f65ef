import { type Charge, isCharge, type OrderContent, type ProductLine } from './order-content.js';

/** What a draft holds after a change to one of its lines. None of them checks anything. */
export const withLine = (content: OrderContent, line: ProductLine | Charge): OrderContent =>
  isCharge(line)
    ? { ...content, charges: [...content.charges, line] }
    : { ...content, lines: [...content.lines, line] };

export const withLineChanged = (content: OrderContent, line: ProductLine | Charge): OrderContent =>
  isCharge(line)
    ? { ...content, charges: content.charges.map((old) => (old.lineId === line.lineId ? line : old)) }
    : { ...content, lines: content.lines.map((old) => (old.lineId === line.lineId ? line : old)) };

export const withoutLine = (content: OrderContent, lineId: string): OrderContent => ({
  ...content,
  lines: content.lines.filter((line) => line.lineId !== lineId),
  charges: content.charges.filter((charge) => charge.lineId !== lineId),
});

export const findLine = (content: OrderContent, lineId: string): ProductLine | Charge | undefined =>
  content.lines.find((line) => line.lineId === lineId) ??
  content.charges.find((charge) => charge.lineId === lineId);
