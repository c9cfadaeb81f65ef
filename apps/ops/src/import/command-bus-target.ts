import type { CommandBus } from '@nestjs/cqrs';
import { RegisterProduct } from '#libs/contexts/catalog';
import { RegisterCustomer } from '#libs/contexts/customers';
import { IssueCreditNote, PlaceOrder } from '#libs/contexts/ordering';
import type { ImportTarget } from './import-target.js';

/** The commands of the import, on the same path as those of the API. `history`: processes leave them alone. */
export function commandBusTarget(commands: CommandBus): ImportTarget {
  return {
    registerCustomer: (customer, context) => commands.execute(new RegisterCustomer(customer, context)),
    registerProduct: (product, context) => commands.execute(new RegisterProduct(product, context)),
    placeOrder: (orderId, order, context) =>
      commands.execute(new PlaceOrder(orderId, { ...order, charges: [] }, context, 'history')),
    issueCreditNote: (creditNoteId, note, context) =>
      commands.execute(new IssueCreditNote(creditNoteId, note, context, 'history')),
  };
}
