import { MoneyError, plus, times } from '#libs/platform/kernel';
import type { Charge, ProductLine } from './order-content.js';
import { refuseOrder } from './order-errors.js';

/** What an order comes to. Lines and units are those of products; charges have an amount only. */
export interface Totals {
  readonly lines: number;
  readonly units: number;
  readonly goodsThousandths: number;
  /** Freight and tax less discounts. */
  readonly chargesThousandths: number;
  /** Goods and charges together. */
  readonly totalThousandths: number;
}

/**
 * Ten thousand million of the currency: so far below the largest exact integer that the sums of reports
 * stay exact over hundreds of the largest orders.
 */
const LARGEST_THOUSANDTHS = 10_000_000_000_000;

export const lineAmount = ({ quantity, unitPriceThousandths }: ProductLine): number =>
  times(unitPriceThousandths, quantity);

export const goodsOf = (lines: readonly ProductLine[]): number =>
  lines.reduce((sum, line) => plus(sum, lineAmount(line)), 0);

export const unitsOf = (lines: readonly ProductLine[]): number =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0);

/** @throws DomainError ORDER_AMOUNT_TOO_LARGE. */
export function totalsOf(lines: readonly ProductLine[], charges: readonly Charge[]): Totals {
  try {
    const goodsThousandths = bounded(goodsOf(lines));
    const chargesThousandths = bounded(
      charges.reduce((sum, charge) => plus(sum, charge.amountThousandths), 0),
    );
    const totalThousandths = bounded(goodsThousandths + chargesThousandths);
    return {
      lines: lines.length,
      units: unitsOf(lines),
      goodsThousandths,
      chargesThousandths,
      totalThousandths,
    };
  } catch (error) {
    if (error instanceof MoneyError) throw refuseOrder('ORDER_AMOUNT_TOO_LARGE', { cause: error });
    throw error;
  }
}

function bounded(thousandths: number): number {
  if (Math.abs(thousandths) > LARGEST_THOUSANDTHS) throw refuseOrder('ORDER_AMOUNT_TOO_LARGE');
  return thousandths;
}
