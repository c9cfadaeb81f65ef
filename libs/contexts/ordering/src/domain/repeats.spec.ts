import { describe, expect, it } from '@jest/globals';
import { repeatCommands } from '#libs/platform/testing';
import type { Dice } from '#libs/testing';
import { order } from './order.js';
import type { OrderCommand } from './order-commands.js';
import { address, content, day1, day2, freight, lantern, pads } from './order-examples.js';

/** Any command, often a sensible one. */
function anyCommand({ upTo, oneOf }: Dice): OrderCommand {
  const common = { orderId: 'o-1', at: day1 };
  const opening = { ...common, ...content, lines: [lantern, pads].slice(upTo(2)), origin: 'live' } as const;
  const lineId = oneOf(['1', '3', '4', 'x', 'y']);
  const line = oneOf([
    { ...lantern, lineId, quantity: 1 + upTo(3) },
    { ...freight, lineId, amountThousandths: upTo(3) },
  ]);
  const lines = [{ lineId: oneOf(['1', '3']), quantity: 1 + upTo(4) }];
  return oneOf<OrderCommand>([
    { type: 'DraftOrder', ...opening },
    { type: 'PlaceOrder', ...opening },
    { type: 'PlaceDraft', ...common },
    { type: 'AddOrderLine', ...common, line },
    { type: 'ChangeOrderLine', ...common, line },
    { type: 'RemoveOrderLine', ...common, lineId },
    { type: 'SetOrderAddress', ...common, address: { ...address, city: oneOf(['Ely', 'York']) } },
    { type: 'ConfirmOrder', ...common },
    { type: 'ShipOrder', ...common, shipmentId: oneOf(['s-1', 's-2', 's-3', 's-4']), lines },
    { type: 'DeliverOrder', ...common },
    ...(upTo(4) === 0 ? [{ type: 'CancelOrder' as const, ...common, reason: 'no' }] : []),
  ]);
}

describe('any command on any order', () => {
  const met = new Set<string>();
  it.each([1, 2, 3, 4, 5])('records nothing when it is repeated later (seed %i)', (seed) => {
    const again = (command: OrderCommand) => ({ ...command, at: day2 });
    const { broken, recordedTypes } = repeatCommands(order, anyCommand, { seed, again });
    expect(broken).toEqual([]);
    for (const type of recordedTypes) met.add(type);
  });

  it('has met every kind of event', () =>
    expect([...met].sort()).toEqual([
      'OrderAddressSet',
      'OrderCancelled',
      'OrderConfirmed',
      'OrderDelivered',
      'OrderDraftCancelled',
      'OrderDrafted',
      'OrderLineAdded',
      'OrderLineChanged',
      'OrderLineRemoved',
      'OrderPlaced',
      'OrderShipped',
    ]));
});
