import type { Upcaster } from '#libs/platform/kernel';
import type { OrderPlacedData } from './order-events.js';

/** Before charges and imports: the goods were the total, and every order was live. */
interface OrderPlacedV1 extends Omit<OrderPlacedData, 'charges' | 'origin' | 'totals'> {
  readonly totals: { readonly lines: number; readonly units: number; readonly totalThousandths: number };
}

const toVersion2 = ({ totals, ...order }: OrderPlacedV1): OrderPlacedData => ({
  ...order,
  charges: [],
  totals: { ...totals, goodsThousandths: totals.totalThousandths, chargesThousandths: 0 },
  origin: 'live',
});

export const orderPlacedUpcasters: readonly Upcaster[] = [(data) => toVersion2(data as OrderPlacedV1)];
