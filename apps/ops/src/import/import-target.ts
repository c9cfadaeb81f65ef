import type { NewProduct } from '#libs/contexts/catalog';
import type { NewCustomer } from '#libs/contexts/customers';
import type { CommandAnswer, CommandContext } from '#libs/platform/event-store';

export interface ImportedLine {
  readonly lineId: string;
  readonly productCode: string;
  readonly description?: string;
  readonly quantity: number;
  readonly unitPriceThousandths: number;
}

/** What an invoice and a cancellation have in common. */
export interface ImportedContent {
  readonly customerId: string;
  readonly country: string;
  readonly currency: string;
  readonly lines: readonly ImportedLine[];
}

/**
 * Where the import sends its commands. Each is known by its id, so sending one again changes nothing.
 * @throws DomainError a refusal; EVENT_STORE_UNAVAILABLE when the store is away: to be sent again.
 */
export interface ImportTarget {
  registerCustomer(customer: NewCustomer, context: CommandContext): Promise<CommandAnswer>;
  registerProduct(product: NewProduct, context: CommandContext): Promise<CommandAnswer>;
  placeOrder(orderId: string, order: ImportedContent, context: CommandContext): Promise<CommandAnswer>;
  issueCreditNote(
    creditNoteId: string,
    note: ImportedContent,
    context: CommandContext,
  ): Promise<CommandAnswer>;
}
