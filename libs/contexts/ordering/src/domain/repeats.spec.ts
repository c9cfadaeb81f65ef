import { describe, expect, it } from '@jest/globals';
import { DomainError } from '#libs/platform/kernel';
import { deepFreeze } from '#libs/platform/testing';
import { type Dice, dice } from '#libs/testing';
import { order } from './order.js';
import type { OrderCommand } from './order-commands.js';
import { address, content, day1, day2, freight, lantern, pads } from './order-examples.js';
import type { OrderState } from './order-state.js';

const HISTORIES = 60;
const COMMANDS = 40;

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

function decided(state: OrderState, command: OrderCommand) {
  try {
    return order.decide(deepFreeze(state), deepFreeze(command));
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}

/** Runs one history of any commands, each twice; returns the ones that recorded something the second time. */
function repeatedInVain(random: Dice, recordedTypes: Set<string>) {
  const broken: unknown[] = [];
  let state = order.initialState;
  for (let count = 0; count < COMMANDS; count++) {
    const command = anyCommand(random);
    const events = decided(state, command);
    if (!events) continue;
    state = events.reduce(order.evolve, state);
    for (const { type } of events) recordedTypes.add(type);
    const again = decided(state, { ...command, at: day2 });
    if (again?.length !== 0) broken.push({ command, again: again ?? 'refused' });
  }
  return broken;
}

describe('any command on any order', () => {
  const recordedTypes = new Set<string>();
  it.each([1, 2, 3, 4, 5])('records nothing when it is repeated (seed %i)', (seed) => {
    const random = dice(seed);
    for (let history = 0; history < HISTORIES; history++)
      expect(repeatedInVain(random, recordedTypes)).toEqual([]);
  });

  it('has met every kind of event', () =>
    expect([...recordedTypes].sort()).toEqual([
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
