import { type Fold, type Projection, plus } from '#libs/platform/kernel';
import type { ProductShare } from '../domain/order-events.js';
import { productShares } from '../domain/product-shares.js';
import { type SalesEvent, salesKey } from './sales-by.js';

/** Of one product: charges belong to orders and are not spread over products. */
export interface ProductFigures {
  /** Orders (or credit notes) that hold the product. */
  readonly documents: number;
  readonly lines: number;
  readonly units: number;
  readonly goodsThousandths: number;
}

export interface ProductSales {
  readonly productCode: string;
  readonly currency: string;
  readonly sales: ProductFigures;
  readonly cancelled: ProductFigures;
  readonly credits: ProductFigures;
}

const NONE: ProductFigures = { documents: 0, lines: 0, units: 0, goodsThousandths: 0 };

type Change = (product: ProductSales, share: ProductShare) => Partial<ProductSales>;

const folded =
  (change: Change): Fold<ProductSales, SalesEvent> =>
  (document, { event }, key) => {
    const share = sharesOf(event).get(key);
    if (!share) return document;
    const product = document ?? none(share.productCode, event.data.currency);
    return { ...product, ...change(product, share) };
  };

/** Sales per product code (as written, letter by letter) and currency. */
export const productSales: Projection<ProductSales, SalesEvent> = {
  name: 'product-sales',
  version: 1,
  key: ({ event }) => [...sharesOf(event).keys()],
  on: {
    OrderPlaced: folded(({ sales }, share) => ({ sales: withShare(sales, share) })),
    OrderCancelled: folded(({ sales, cancelled }, share) => ({
      sales: withShare(sales, share, -1),
      cancelled: withShare(cancelled, share),
    })),
    CreditNoteIssued: folded(({ credits }, share) => ({ credits: withShare(credits, share) })),
  },
};

/** Kept per event: the fold is asked once for each product of an order. */
const known = new WeakMap<SalesEvent, ReadonlyMap<string, ProductShare>>();

/** What an event holds of each product, by the key of the product's document. */
function sharesOf(event: SalesEvent): ReadonlyMap<string, ProductShare> {
  const before = known.get(event);
  if (before) return before;
  const products = event.type === 'OrderCancelled' ? event.data.products : productShares(event.data.lines);
  const shares = new Map(products.map((share) => [salesKey(share.productCode, event.data.currency), share]));
  known.set(event, shares);
  return shares;
}

const none = (productCode: string, currency: string): ProductSales => ({
  productCode,
  currency,
  sales: NONE,
  cancelled: NONE,
  credits: NONE,
});

const withShare = (figures: ProductFigures, share: ProductShare, sign: 1 | -1 = 1): ProductFigures => ({
  documents: figures.documents + sign,
  lines: figures.lines + sign * share.lines,
  units: plus(figures.units, sign * share.units),
  goodsThousandths: plus(figures.goodsThousandths, sign * share.goodsThousandths),
});
