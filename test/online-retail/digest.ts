import { createHash } from 'node:crypto';
import { parseAmount } from '#libs/platform/kernel';

/** Order figures as the API shows them; amounts are exact decimal text. */
export interface ShownSales {
  readonly orders: number;
  readonly lines: number;
  readonly units: number;
  readonly goods: string;
}

/** Figures of keys without a sale (customers with cancellations only) are no part of it. */
export function digestOf(figures: Iterable<readonly [key: string, sales: ShownSales]>) {
  const lines = [...figures]
    .filter(([, { orders }]) => orders > 0)
    .map(([key, { orders, lines, units, goods }]) =>
      Buffer.from(`${[key, orders, lines, units, parseAmount(goods, 3)].join(',')}\n`),
    )
    .sort(Buffer.compare);
  return { keys: lines.length, sha256: createHash('sha256').update(Buffer.concat(lines)).digest('hex') };
}
