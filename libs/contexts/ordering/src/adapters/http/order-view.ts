import { formatAmount } from '#libs/platform/kernel';
import type { Stored } from '#libs/platform/projections';
import type { Charge, ProductLine } from '../../domain/order-content.js';
import { lineAmount, type Totals } from '../../domain/totals.js';
import type { CreditNoteDocument } from '../../read-models/credit-notes.js';
import type { OrderDetails } from '../../read-models/order-details.js';
import type { ListedOrder } from '../../read-models/order-list.js';

/** Amounts are exact decimal text in the currency that stands beside them. */
const text = (thousandths: number): string => formatAmount(thousandths, 3);

/** An order with all that is known of it, as the API shows it. */
export function orderView({ _id, lines, charges, totals, ...order }: Stored<OrderDetails>) {
  const shipped = new Map<string, number>();
  for (const shipment of order.shipments)
    for (const { lineId, quantity } of shipment.lines)
      shipped.set(lineId, (shipped.get(lineId) ?? 0) + quantity);
  return {
    orderId: _id,
    ...order,
    lines: lines.map((line) => ({ ...lineView(line), shipped: shipped.get(line.lineId) ?? 0 })),
    charges: charges.map(chargeView),
    totals: totalsView(totals),
  };
}

export function listedOrderView({
  _id,
  totalThousandths,
  listedAt: _sortKey,
  ...order
}: Stored<ListedOrder>) {
  return { orderId: _id, ...order, total: text(totalThousandths) };
}

export function creditNoteView({ _id, lines, totals, ...note }: Stored<CreditNoteDocument>) {
  const { totalThousandths, ...counts } = totals;
  return {
    creditNoteId: _id,
    ...note,
    lines: lines.map(lineView),
    totals: { ...counts, total: text(totalThousandths) },
  };
}

const lineView = (line: ProductLine) => {
  const { unitPriceThousandths, ...rest } = line;
  return { ...rest, unitPrice: text(unitPriceThousandths), amount: text(lineAmount(line)) };
};

const chargeView = ({ amountThousandths, ...charge }: Charge) => ({
  ...charge,
  amount: text(amountThousandths),
});

const totalsView = ({ lines, units, goodsThousandths, chargesThousandths, totalThousandths }: Totals) => ({
  lines,
  units,
  goods: text(goodsThousandths),
  charges: text(chargesThousandths),
  total: text(totalThousandths),
});
