import { plus } from '#libs/platform/kernel';
import type { Totals } from '../domain/totals.js';

/** Orders and what they come to. Lines and units are those of products; `total` is goods and charges together. */
export interface OrderFigures extends Totals {
  readonly orders: number;
}

export interface CreditFigures {
  readonly creditNotes: number;
  readonly lines: number;
  readonly units: number;
  readonly totalThousandths: number;
}

/** The three never mix: what was sold and still is, what was cancelled, what was credited. */
export interface SalesFigures {
  readonly sales: OrderFigures;
  readonly cancelled: OrderFigures;
  readonly credits: CreditFigures;
}

export const NO_ORDERS: OrderFigures = {
  orders: 0,
  lines: 0,
  units: 0,
  goodsThousandths: 0,
  chargesThousandths: 0,
  totalThousandths: 0,
};

export const NO_CREDITS: CreditFigures = { creditNotes: 0, lines: 0, units: 0, totalThousandths: 0 };

export const NO_SALES: SalesFigures = { sales: NO_ORDERS, cancelled: NO_ORDERS, credits: NO_CREDITS };

/** One order more, or with `sign` -1 one less. @throws MoneyError beyond exact sums. */
export const withOrder = (figures: OrderFigures, totals: Totals, sign: 1 | -1 = 1): OrderFigures => ({
  orders: figures.orders + sign,
  lines: figures.lines + sign * totals.lines,
  units: plus(figures.units, sign * totals.units),
  goodsThousandths: plus(figures.goodsThousandths, sign * totals.goodsThousandths),
  chargesThousandths: plus(figures.chargesThousandths, sign * totals.chargesThousandths),
  totalThousandths: plus(figures.totalThousandths, sign * totals.totalThousandths),
});

/** One credit note more. @throws MoneyError beyond exact sums. */
export const withCredit = (
  figures: CreditFigures,
  totals: Pick<CreditFigures, 'lines' | 'units' | 'totalThousandths'>,
): CreditFigures => ({
  creditNotes: figures.creditNotes + 1,
  lines: figures.lines + totals.lines,
  units: plus(figures.units, totals.units),
  totalThousandths: plus(figures.totalThousandths, totals.totalThousandths),
});
