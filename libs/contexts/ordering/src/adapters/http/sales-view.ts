import { formatAmount } from '#libs/platform/kernel';
import type { CreditFigures, OrderFigures } from '../../read-models/figures.js';
import type { ProductFigures, ProductSales } from '../../read-models/product-sales.js';
import type { SalesDocument } from '../../read-models/sales-by.js';

const text = (thousandths: number): string => formatAmount(thousandths, 3);

/** Figures in one currency: what was sold and still is, what was cancelled, what was credited. Never added up. */
export const salesView = ({ currency, sales, cancelled, credits }: SalesDocument) => ({
  currency,
  sales: ordersView(sales),
  cancelled: ordersView(cancelled),
  credits: creditsView(credits),
});

const ordersView = ({ orders, lines, units, ...amounts }: OrderFigures) => ({
  orders,
  lines,
  units,
  goods: text(amounts.goodsThousandths),
  charges: text(amounts.chargesThousandths),
  total: text(amounts.totalThousandths),
});

const creditsView = ({ creditNotes, lines, units, totalThousandths }: CreditFigures) => ({
  creditNotes,
  lines,
  units,
  total: text(totalThousandths),
});

/** Goods of one product alone: charges belong to whole orders. */
export const productSalesView = ({ currency, sales, cancelled, credits }: ProductSales) => {
  const { orders: creditNotes, ...credited } = productView(credits);
  return {
    currency,
    sales: productView(sales),
    cancelled: productView(cancelled),
    credits: { creditNotes, ...credited },
  };
};

const productView = ({ documents, lines, units, goodsThousandths }: ProductFigures) => ({
  orders: documents,
  lines,
  units,
  goods: text(goodsThousandths),
});
