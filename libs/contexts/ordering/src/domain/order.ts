import type { Decider } from '#libs/platform/kernel';
import { addLine, changeLine, removeLine } from './draft-rules.js';
import { cancel, confirm, deliver, setAddress, ship } from './fulfilment-rules.js';
import { draftOrder, placeDraft, placeOrder } from './opening-rules.js';
import type { OrderCommand } from './order-commands.js';
import { refuseOrder } from './order-errors.js';
import type { OrderEvent } from './order-events.js';
import { evolveOrder, initialOrder, type OrderState } from './order-state.js';

/** An order: drafted and then placed, or placed at once; confirmed, shipped in parts, delivered; or cancelled. */
export const order: Decider<OrderState, OrderCommand, OrderEvent> = {
  initialState: initialOrder,
  decide(state, command) {
    if (command.type === 'DraftOrder') return draftOrder(state, command);
    if (command.type === 'PlaceOrder') return placeOrder(state, command);
    if (state.status === 'absent') throw refuseOrder('ORDER_NOT_FOUND');
    switch (command.type) {
      case 'PlaceDraft':
        return placeDraft(state, command);
      case 'AddOrderLine':
        return addLine(state, command);
      case 'ChangeOrderLine':
        return changeLine(state, command);
      case 'RemoveOrderLine':
        return removeLine(state, command);
      case 'SetOrderAddress':
        return setAddress(state, command);
      case 'ConfirmOrder':
        return confirm(state, command);
      case 'ShipOrder':
        return ship(state, command);
      case 'DeliverOrder':
        return deliver(state, command);
      case 'CancelOrder':
        return cancel(state, command);
    }
  },
  evolve: evolveOrder,
};
