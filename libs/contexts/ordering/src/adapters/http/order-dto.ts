import {
  Currency,
  DecimalText,
  Flag,
  Id,
  ListOf,
  Nested,
  OneOf,
  Text,
  WholeNumber,
} from '#libs/platform/http';
import { CHARGE_KINDS, type ChargeKind } from '../../domain/order-content.js';

export const productCode = (optional = false) =>
  Text({
    max: 40,
    pattern: /^[!-~]+(?: [!-~]+)*$/,
    expected: 'a code of 1 to 40 visible ASCII characters with single blanks between them, such as "85123A"',
    description: 'Compared letter by letter. That the product exists is not checked.',
    example: '85123A',
    optional,
  });
export const lineId = (optional = false) =>
  Id({ example: '1', optional, description: 'Own to the line within its order; never used again.' });
export const country = (optional = false) =>
  Text({ max: 60, example: 'United Kingdom', description: 'Reports count the order under it.', optional });
const description = () => Text({ max: 100, optional: true, example: 'White hanging heart T-light holder' });
const quantity = (optional = false) => WholeNumber({ min: 1, max: 1_000_000, example: 6, optional });
const unitPrice = (optional = false) =>
  DecimalText({ example: '2.55', description: 'Of one unit; up to 3 decimals, exact.', optional });
const chargeAmount = (optional = false) =>
  DecimalText({
    signed: true,
    example: '4.95',
    description: 'Freight and tax are 0 or more, a discount is 0 or less.',
    optional,
  });
const reason = () => Text({ max: 500, example: 'Ordered twice.' });

export class AddressBody {
  @Text({ max: 100, example: 'Ada Example' }) name!: string;
  @Text({ max: 200, example: '1 High Street' }) street!: string;
  @Text({ max: 100, example: 'Ely' }) city!: string;
  @Text({ max: 100, optional: true, example: 'Cambridgeshire' }) region?: string;
  @Text({ max: 20, optional: true, example: 'CB7 4DN' }) postalCode?: string;
  @Text({ max: 60, example: 'United Kingdom' }) country!: string;
}

export class ProductLineBody {
  @lineId(true) lineId?: string;
  @productCode() productCode!: string;
  @description() description?: string;
  @quantity() quantity!: number;
  @unitPrice() unitPrice!: string;
}

export class ChargeBody {
  @lineId(true) lineId?: string;
  @OneOf(CHARGE_KINDS) kind!: ChargeKind;
  @Text({ max: 100, optional: true, example: 'Parcel' }) description?: string;
  @chargeAmount() amount!: string;
}

export class OrderBody {
  @Id({ optional: true, description: 'Made where none is given.' }) orderId?: string;
  @Id({ example: '17850', description: 'That the customer exists is not checked.' }) customerId!: string;
  @country() country!: string;
  @Currency() currency!: string;
  @ListOf(() => ProductLineBody, {
    max: 2_000,
    optional: true,
    description: 'At least one to place the order.',
  })
  lines?: ProductLineBody[];
  @ListOf(() => ChargeBody, {
    max: 2_000,
    optional: true,
    description: 'Up to 2,000 together with the lines.',
  })
  charges?: ChargeBody[];
  @Nested(() => AddressBody, { optional: true }) address?: AddressBody;
  @Flag({ optional: true, description: 'Places the order at once; otherwise it is a draft.' })
  place?: boolean;
}

/** A product line (no `kind`, or `product`) or a charge; which fields must be there follows from the kind. */
export class OrderLineBody {
  @OneOf(['product', ...CHARGE_KINDS], { optional: true, description: '`product` unless told.' })
  kind?: 'product' | ChargeKind;
  @productCode(true) productCode?: string;
  @description() description?: string;
  @quantity(true) quantity?: number;
  @unitPrice(true) unitPrice?: string;
  @chargeAmount(true) amount?: string;
}

export class NewOrderLineBody extends OrderLineBody {
  @lineId(true) lineId?: string;
}

export class ShippedLineBody {
  @lineId() lineId!: string;
  @quantity() quantity!: number;
}

export class ShipmentBody {
  @Id({ optional: true, description: 'Made where none is given.' }) shipmentId?: string;
  @ListOf(() => ShippedLineBody, { min: 1, max: 2_000 }) lines!: ShippedLineBody[];
}

export class CancelOrderBody {
  @reason() reason!: string;
}

export class CreditNoteBody {
  @Id({ optional: true, example: 'C536379', description: 'Made where none is given.' }) creditNoteId?: string;
  @Id({ example: '17850', description: 'That the customer exists is not checked.' }) customerId!: string;
  @country() country!: string;
  @Currency() currency!: string;
  @ListOf(() => ProductLineBody, { min: 1, max: 2_000 }) lines!: ProductLineBody[];
  @Id({ optional: true, example: '536365', description: 'The order it belongs to, if that is known.' })
  orderId?: string;
  @Text({ max: 500, optional: true, example: 'Broken on arrival.' }) reason?: string;
}

export class OrderParams {
  @Id() orderId!: string;
}

export class OrderLineParams extends OrderParams {
  @lineId() lineId!: string;
}
