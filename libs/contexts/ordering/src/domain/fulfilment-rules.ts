import { checkedAddress } from './content-rules.js';
import type {
  CancelOrderCommand,
  ConfirmOrderCommand,
  DeliverOrderCommand,
  SetOrderAddressCommand,
  ShipOrderCommand,
} from './order-commands.js';
import { refuseOrder } from './order-errors.js';
import type { OrderEvent } from './order-events.js';
import type { KnownOrder } from './order-state.js';
import { productShares } from './product-shares.js';
import { sameData } from './same-data.js';
import { shipped } from './shipping-rules.js';

export function setAddress(order: KnownOrder, command: SetOrderAddressCommand): readonly OrderEvent[] {
  const address = checkedAddress(command.address);
  if (sameData(order.content.address, address)) return [];
  if (order.status === 'cancelled') throw refuseOrder('ORDER_CANCELLED');
  if (order.shipments.length > 0) throw refuseOrder('ORDER_ALREADY_SHIPPED');
  return [{ type: 'OrderAddressSet', data: { orderId: command.orderId, address, setAt: command.at } }];
}

export function confirm(order: KnownOrder, { orderId, at }: ConfirmOrderCommand): readonly OrderEvent[] {
  checkGoingOn(order);
  if (order.status !== 'placed') return [];
  return [{ type: 'OrderConfirmed', data: { orderId, confirmedAt: at } }];
}

export function ship(order: KnownOrder, command: ShipOrderCommand): readonly OrderEvent[] {
  const { orderId, shipmentId, at } = command;
  const known = order.shipments.find((shipment) => shipment.shipmentId === shipmentId);
  if (known) {
    if (sameData(known.lines, command.lines)) return [];
    throw refuseOrder('SHIPMENT_ALREADY_EXISTS', { field: 'shipmentId' });
  }
  checkGoingOn(order);
  if (order.status === 'placed') throw refuseOrder('ORDER_NOT_CONFIRMED');
  const { lines, complete } = shipped(order, command.lines);
  return [{ type: 'OrderShipped', data: { orderId, shipmentId, lines, complete, shippedAt: at } }];
}

export function deliver(order: KnownOrder, { orderId, at }: DeliverOrderCommand): readonly OrderEvent[] {
  checkGoingOn(order);
  if (order.status === 'delivered') return [];
  if (order.status !== 'shipped') throw refuseOrder('ORDER_NOT_FULLY_SHIPPED');
  return [{ type: 'OrderDelivered', data: { orderId, deliveredAt: at } }];
}

export function cancel(order: KnownOrder, command: CancelOrderCommand): readonly OrderEvent[] {
  const { orderId, reason, at } = command;
  if (reason.trim() === '') throw refuseOrder('ORDER_REASON_MISSING', { field: 'reason' });
  if (order.status === 'cancelled') return [];
  if (order.shipments.length > 0) throw refuseOrder('ORDER_ALREADY_SHIPPED');
  const { content, totals, placedAt, origin } = order;
  if (placedAt === undefined)
    return [{ type: 'OrderDraftCancelled', data: { orderId, reason, cancelledAt: at } }];
  const { customerId, country, currency, lines } = content;
  const products = productShares(lines);
  return [
    {
      type: 'OrderCancelled',
      data: {
        orderId,
        reason,
        cancelledAt: at,
        placedAt,
        customerId,
        country,
        currency,
        totals,
        products,
        origin,
      },
    },
  ];
}

function checkGoingOn({ status }: KnownOrder): void {
  if (status === 'cancelled') throw refuseOrder('ORDER_CANCELLED');
  if (status === 'draft') throw refuseOrder('ORDER_NOT_PLACED');
}
