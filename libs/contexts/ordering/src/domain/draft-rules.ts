import { checkCount, checkedCharge, checkedLine } from './content-rules.js';
import { findLine, withLine, withLineChanged, withoutLine } from './draft-content.js';
import type {
  AddOrderLineCommand,
  ChangeOrderLineCommand,
  RemoveOrderLineCommand,
} from './order-commands.js';
import { type Charge, isCharge, type OrderContent, type ProductLine } from './order-content.js';
import { refuseOrder } from './order-errors.js';
import type { OrderEvent } from './order-events.js';
import type { KnownOrder } from './order-state.js';
import { sameData } from './same-data.js';
import { totalsOf } from './totals.js';

export function addLine(order: KnownOrder, command: AddOrderLineCommand): readonly OrderEvent[] {
  const line = checked(command.line);
  const present = findLine(order.content, line.lineId);
  if (sameData(present, line)) return [];
  checkDraft(order);
  if (present || order.removedLineIds.includes(line.lineId))
    throw refuseOrder('ORDER_LINE_ALREADY_EXISTS', { field: 'lineId' });
  checkCount(order.content.lines.length + order.content.charges.length + 1);
  const totals = contentTotals(withLine(order.content, line));
  return [{ type: 'OrderLineAdded', data: { orderId: command.orderId, line, totals, addedAt: command.at } }];
}

export function changeLine(order: KnownOrder, command: ChangeOrderLineCommand): readonly OrderEvent[] {
  const line = checked(command.line);
  const present = findLine(order.content, line.lineId);
  if (sameData(present, line)) return [];
  checkDraft(order);
  if (!present) throw refuseOrder('ORDER_LINE_NOT_FOUND', { field: 'lineId' });
  if (isCharge(present) !== isCharge(line)) throw refuseOrder('ORDER_LINE_KIND_FIXED', { field: 'kind' });
  const totals = contentTotals(withLineChanged(order.content, line));
  return [
    { type: 'OrderLineChanged', data: { orderId: command.orderId, line, totals, changedAt: command.at } },
  ];
}

export function removeLine(order: KnownOrder, command: RemoveOrderLineCommand): readonly OrderEvent[] {
  const { orderId, lineId, at } = command;
  if (order.removedLineIds.includes(lineId)) return [];
  checkDraft(order);
  if (!findLine(order.content, lineId)) throw refuseOrder('ORDER_LINE_NOT_FOUND', { field: 'lineId' });
  const totals = contentTotals(withoutLine(order.content, lineId));
  return [{ type: 'OrderLineRemoved', data: { orderId, lineId, totals, removedAt: at } }];
}

const checked = (line: ProductLine | Charge): ProductLine | Charge =>
  isCharge(line) ? checkedCharge(line) : checkedLine(line);

const contentTotals = ({ lines, charges }: OrderContent) => totalsOf(lines, charges);

function checkDraft({ status }: KnownOrder): void {
  if (status === 'cancelled') throw refuseOrder('ORDER_CANCELLED');
  if (status !== 'draft') throw refuseOrder('ORDER_NOT_DRAFT');
}
