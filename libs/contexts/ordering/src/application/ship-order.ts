import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { orderAggregate } from '../domain/order-aggregate.js';
import type { ShippedLine } from '../domain/order-events.js';

/** One shipment: all of an order or a part of it. */
export class ShipOrder extends Command<CommandAnswer> {
  constructor(
    readonly orderId: string,
    readonly shipmentId: string,
    readonly lines: readonly ShippedLine[],
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(ShipOrder)
export class ShipOrderHandler implements ICommandHandler<ShipOrder> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ orderId, shipmentId, lines, context }: ShipOrder): Promise<CommandAnswer> {
    const command = { type: 'ShipOrder', orderId, shipmentId, lines, at: context.at } as const;
    return this.aggregates.execute(orderAggregate, orderId, command, context);
  }
}
