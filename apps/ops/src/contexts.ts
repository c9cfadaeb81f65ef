import { catalogContext } from '#libs/contexts/catalog';
import { customersContext } from '#libs/contexts/customers';
import { orderingContext } from '#libs/contexts/ordering';
import type { ContextDefinition } from '#libs/platform/kernel';

/** Every context whose events and read models the command line knows. */
export const CONTEXTS: readonly ContextDefinition[] = [orderingContext, catalogContext, customersContext];
