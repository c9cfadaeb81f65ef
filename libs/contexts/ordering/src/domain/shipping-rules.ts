import { isQuantity } from './content-rules.js';
import { refuseOrder } from './order-errors.js';
import type { ShippedLine } from './order-events.js';
import type { KnownOrder } from './order-state.js';

/**
 * What one more shipment means for the order. Product lines alone are shipped, charges are not.
 * @throws DomainError an empty shipment, an unknown or repeated line, more than is left of one.
 */
export function shipped(
  order: KnownOrder,
  shipment: readonly ShippedLine[],
): { readonly lines: readonly ShippedLine[]; readonly complete: boolean } {
  if (shipment.length === 0) throw refuseOrder('SHIPMENT_EMPTY', { field: 'lines' });
  const left = leftToShip(order);
  const named = new Set<string>();
  const lines = shipment.map(({ lineId, quantity }, index) => {
    const field = (name: string) => ({ field: `lines[${index}].${name}` });
    const rest = left.get(lineId);
    if (rest === undefined) throw refuseOrder('ORDER_LINE_NOT_FOUND', field('lineId'));
    if (named.has(lineId)) throw refuseOrder('SHIPMENT_LINE_REPEATED', field('lineId'));
    if (!isQuantity(quantity)) throw refuseOrder('ORDER_QUANTITY_INVALID', field('quantity'));
    if (quantity > rest)
      throw refuseOrder('SHIPMENT_EXCEEDS_ORDER', {
        detail: `Line ${lineId} has ${rest} left to ship, not ${quantity}.`,
        ...field('quantity'),
      });
    named.add(lineId);
    left.set(lineId, rest - quantity);
    return { lineId, quantity };
  });
  return { lines, complete: [...left.values()].every((rest) => rest === 0) };
}

function leftToShip({ content, shipments }: KnownOrder): Map<string, number> {
  const left = new Map(content.lines.map(({ lineId, quantity }) => [lineId, quantity]));
  for (const { lines } of shipments)
    for (const { lineId, quantity } of lines) left.set(lineId, (left.get(lineId) ?? 0) - quantity);
  return left;
}
