import { ApiSchema } from '@nestjs/swagger';
import { Id, Nested, Text, WholeNumber } from '#libs/platform/http';

const field = (example: string, more: { optional?: boolean; nullable?: boolean } = {}) =>
  Text({ max: 200, example, ...more });
const known = { optional: true };
const changed = { optional: true, nullable: true };

export class CustomerParams {
  @Id({ example: '12347' }) id!: string;
}

export class ContactBody {
  @field('Ada Lovelace', known) name?: string;
  @field('ada@example.com', known) email?: string;
  @field('+44 20 7946 0000', known) phone?: string;
}

@ApiSchema({ name: 'CustomerAddressBody' }) // orders have an AddressBody of their own in the same document
export class AddressBody {
  @field("12 St James's Square", known) line1?: string;
  @field('Flat 2', known) line2?: string;
  @field('London', known) city?: string;
  @field('Greater London', known) region?: string;
  @field('SW1Y 4JH', known) postalCode?: string;
  @field('United Kingdom') country!: string;
}

export class RegisterCustomerBody {
  @Id({ example: '12347', optional: true, description: 'Made when left out.' }) customerId?: string;
  @Nested(() => ContactBody, { optional: true }) contact?: ContactBody;
  @Nested(() => AddressBody) address!: AddressBody;
}

/** A field left out stays as it is; null takes it away. */
export class ChangeContactBody {
  @field('Ada King', changed) name?: string | null;
  @field('ada.king@example.com', changed) email?: string | null;
  @field('+44 1483 000000', changed) phone?: string | null;
}

/** A field left out stays as it is; null takes it away. A customer always has a country. */
export class ChangeAddressBody {
  @field('Ockham Park', changed) line1?: string | null;
  @field('East Wing', changed) line2?: string | null;
  @field('Ockham', changed) city?: string | null;
  @field('Surrey', changed) region?: string | null;
  @field('GU23 6NQ', changed) postalCode?: string | null;
  @field('United Kingdom', known) country?: string;
}

export class ListCustomersQuery {
  @field('Iceland', known) country?: string;
  @WholeNumber({
    min: 1,
    max: 200,
    inQuery: true,
    optional: true,
    example: 50,
    description: '50 unless told.',
  })
  limit?: number;
  @Text({ max: 1000, optional: true, description: 'From the next link of the page before.' }) after?: string;
}
