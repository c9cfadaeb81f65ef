import type { Projection } from '#libs/platform/kernel';
import type { Price, ProductEvent } from '../domain/product-events.js';

export interface ProductDocument extends Price {
  readonly name: string;
  /** Sort key of the list by name: the name in small letters, then the code, so that it is unique. */
  readonly byName: string;
  readonly status: 'active' | 'discontinued';
  readonly registeredAt: string;
  readonly changedAt: string;
  /** Revision of the last event in it: the `ETag`. */
  readonly revision: number;
  readonly discontinuedReason?: string;
}

/** Every product, by its code. */
export const products: Projection<ProductDocument, ProductEvent> = {
  name: 'products',
  version: 1,
  indexes: [
    { name: 'byName', key: { byName: 1 } },
    { name: 'byStatus', key: { status: 1, _id: 1 } },
    { name: 'byStatusAndName', key: { status: 1, byName: 1 } },
  ],
  key: ({ event }) => event.data.code,
  on: {
    ProductRegistered: (_none, { event: { data }, revision }) => ({
      name: data.name,
      byName: byName(data.name, data.code),
      priceThousandths: data.priceThousandths,
      currency: data.currency,
      status: 'active',
      registeredAt: data.registeredAt,
      changedAt: data.registeredAt,
      revision: Number(revision),
    }),
    ProductRenamed: (product, { event: { data }, revision }) =>
      product && {
        ...product,
        name: data.name,
        byName: byName(data.name, data.code),
        changedAt: data.renamedAt,
        revision: Number(revision),
      },
    ProductPriceChanged: (product, { event: { data }, revision }) =>
      product && {
        ...product,
        priceThousandths: data.priceThousandths,
        currency: data.currency,
        changedAt: data.changedAt,
        revision: Number(revision),
      },
    ProductDiscontinued: (product, { event: { data }, revision }) =>
      product && {
        ...product,
        status: 'discontinued',
        discontinuedReason: data.reason,
        changedAt: data.discontinuedAt,
        revision: Number(revision),
      },
  },
};

/** U+0001 sorts before every character a name may hold, so a name stands before the longer names it begins. */
const byName = (name: string, code: string): string => `${name.toLowerCase()}\u0001${code}`;
