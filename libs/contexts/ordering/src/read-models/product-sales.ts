import { type Projection, plus } from '#libs/platform/kernel';
import type { ProductLine } from '../domain/order-content.js';
import { lineAmount } from '../domain/totals.js';
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

type Share = Omit<ProductFigures, 'documents'>;

const NONE: ProductFigures = { documents: 0, lines: 0, units: 0, goodsThousandths: 0 };

/** Sales per product code (as written, letter by letter) and currency. */
export const productSales: Projection<ProductSales, SalesEvent> = {
  name: 'product-sales',
  version: 1,
  key: ({ event }) => {
    const products: readonly { readonly productCode: string }[] =
      event.type === 'OrderCancelled' ? event.data.products : event.data.lines;
    const codes = new Set(products.map(({ productCode }) => productCode));
    return [...codes].map((code) => salesKey(code, event.data.currency));
  },
  on: {
    OrderPlaced: (document, { event: { data } }, key) => {
      const { product, share } = ofKey(document, data.lines, data.currency, key);
      return { ...product, sales: withShare(product.sales, share) };
    },
    OrderCancelled: (document, { event: { data } }, key) => {
      const share = data.products.find(({ productCode }) => salesKey(productCode, data.currency) === key);
      if (!share) return document;
      const product = document ?? none(share.productCode, data.currency);
      const { sales, cancelled } = product;
      return { ...product, sales: withShare(sales, share, -1), cancelled: withShare(cancelled, share) };
    },
    CreditNoteIssued: (document, { event: { data } }, key) => {
      const { product, share } = ofKey(document, data.lines, data.currency, key);
      return { ...product, credits: withShare(product.credits, share) };
    },
  },
};

const none = (productCode: string, currency: string): ProductSales => ({
  productCode,
  currency,
  sales: NONE,
  cancelled: NONE,
  credits: NONE,
});

/** The product that a key names, and its part of the lines. */
function ofKey(
  document: ProductSales | undefined,
  lines: readonly ProductLine[],
  currency: string,
  key: string,
): { readonly product: ProductSales; readonly share: Share } {
  const productCode = key.slice(0, -salesKey('', currency).length);
  let share: Share = { lines: 0, units: 0, goodsThousandths: 0 };
  for (const line of lines)
    if (line.productCode === productCode)
      share = {
        lines: share.lines + 1,
        units: share.units + line.quantity,
        goodsThousandths: plus(share.goodsThousandths, lineAmount(line)),
      };
  return { product: document ?? none(productCode, currency), share };
}

const withShare = (figures: ProductFigures, share: Share, sign: 1 | -1 = 1): ProductFigures => ({
  documents: figures.documents + sign,
  lines: figures.lines + sign * share.lines,
  units: plus(figures.units, sign * share.units),
  goodsThousandths: plus(figures.goodsThousandths, sign * share.goodsThousandths),
});
