import { catalogContext } from '#contexts/catalog';
import { customersContext } from '#contexts/customers';
import { orderingContext } from '#contexts/ordering';
import type { ContextDefinition } from '#libs/platform/kernel';

/** Every context of this system: for apps and whole-system specs; no context knows the others. */
export const CONTEXTS: readonly ContextDefinition[] = [orderingContext, catalogContext, customersContext];
