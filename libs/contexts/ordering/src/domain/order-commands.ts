import type { Address, Charge, OrderContent, Origin, ProductLine } from './order-content.js';
import type { ShippedLine } from './order-events.js';

interface OrderCommandOf<Type extends string> {
  readonly type: Type;
  readonly orderId: string;
  /** The command's own time, ISO 8601 UTC with milliseconds. */
  readonly at: string;
}

interface Opening<Type extends string> extends OrderCommandOf<Type>, OrderContent {
  readonly origin: Origin;
}

export type DraftOrderCommand = Opening<'DraftOrder'>;
/** Places a whole order at once, without a draft before it. */
export type PlaceOrderCommand = Opening<'PlaceOrder'>;
export type PlaceDraftCommand = OrderCommandOf<'PlaceDraft'>;

export interface AddOrderLineCommand extends OrderCommandOf<'AddOrderLine'> {
  readonly line: ProductLine | Charge;
}
export interface ChangeOrderLineCommand extends OrderCommandOf<'ChangeOrderLine'> {
  readonly line: ProductLine | Charge;
}
export interface RemoveOrderLineCommand extends OrderCommandOf<'RemoveOrderLine'> {
  readonly lineId: string;
}
export interface SetOrderAddressCommand extends OrderCommandOf<'SetOrderAddress'> {
  readonly address: Address;
}
export type ConfirmOrderCommand = OrderCommandOf<'ConfirmOrder'>;
export interface ShipOrderCommand extends OrderCommandOf<'ShipOrder'> {
  readonly shipmentId: string;
  readonly lines: readonly ShippedLine[];
}
export type DeliverOrderCommand = OrderCommandOf<'DeliverOrder'>;
export interface CancelOrderCommand extends OrderCommandOf<'CancelOrder'> {
  readonly reason: string;
}

export type OrderCommand =
  | DraftOrderCommand
  | PlaceOrderCommand
  | PlaceDraftCommand
  | AddOrderLineCommand
  | ChangeOrderLineCommand
  | RemoveOrderLineCommand
  | SetOrderAddressCommand
  | ConfirmOrderCommand
  | ShipOrderCommand
  | DeliverOrderCommand
  | CancelOrderCommand;
