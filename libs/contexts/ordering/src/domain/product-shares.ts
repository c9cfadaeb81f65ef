import { plus } from '#libs/platform/kernel';
import type { ProductLine } from './order-content.js';
import type { ProductShare } from './order-events.js';
import { lineAmount } from './totals.js';

/** Lines by product, each product once, in the order of first appearance. */
export function productShares(lines: readonly ProductLine[]): readonly ProductShare[] {
  const shares = new Map<string, ProductShare>();
  for (const line of lines) {
    const share = shares.get(line.productCode);
    shares.set(line.productCode, {
      productCode: line.productCode,
      lines: (share?.lines ?? 0) + 1,
      units: (share?.units ?? 0) + line.quantity,
      goodsThousandths: plus(share?.goodsThousandths ?? 0, lineAmount(line)),
    });
  }
  return [...shares.values()];
}
