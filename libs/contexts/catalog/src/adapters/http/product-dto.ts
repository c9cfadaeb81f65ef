import { Currency, DecimalText, OneOf, Text, WholeNumber } from '#libs/platform/http';

const code = () =>
  Text({
    max: 40,
    pattern: /^[!-~]+(?: [!-~]+)*$/,
    expected: 'a code of 1 to 40 visible ASCII characters with single blanks between them, such as "85123A"',
    description: 'Compared letter by letter: `15056BL` and `15056bl` are two products.',
    example: '85123A',
  });
const name = () => Text({ max: 200, example: 'White hanging heart T-light holder' });
const price = () => DecimalText({ example: '2.55', description: 'For one unit; up to 3 decimals, exact.' });

export class ProductParams {
  @code() code!: string;
}

export class RegisterProductBody {
  @code() code!: string;
  @name() name!: string;
  @price() price!: string;
  @Currency() currency!: string;
}

export class RenameProductBody {
  @name() name!: string;
}

export class ChangeProductPriceBody {
  @price() price!: string;
  @Currency() currency!: string;
}

export class DiscontinueProductBody {
  @Text({ max: 200, example: 'The maker closed.' }) reason!: string;
}

export class ListProductsQuery {
  @OneOf(['active', 'discontinued'], { optional: true }) status?: 'active' | 'discontinued';
  @OneOf(['code', 'name'], { optional: true, description: 'By code unless told.' }) sort?: 'code' | 'name';
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
