import { Transform } from 'class-transformer';
import { type FieldOptions, field } from './field.js';

export interface WholeNumberOptions extends FieldOptions {
  readonly min?: number;
  readonly max?: number;
  /** For query strings: a number written as text is read as that number. */
  readonly inQuery?: boolean;
}

const DIGITS = /^-?\d{1,15}$/;
const readWholeNumber = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' && DIGITS.test(value) ? Number(value) : value;

export function WholeNumber(options: WholeNumberOptions = {}): PropertyDecorator {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = options;
  return field(
    {
      name: 'wholeNumber',
      message: `must be a whole number${range(options)}`,
      accepts: (value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max,
    },
    { type: 'integer', minimum: min, maximum: max },
    options,
    ...(options.inQuery ? [Transform(readWholeNumber)] : []),
  );
}

function range({ min, max }: WholeNumberOptions): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of ${min} or more`;
  return max === undefined ? '' : ` of ${max} or less`;
}

export interface DecimalTextOptions extends FieldOptions {
  /** Most digits after the point; 3 unless told. */
  readonly decimals?: number;
  /** A leading minus is allowed. */
  readonly signed?: boolean;
  /** Zero is refused. */
  readonly notZero?: boolean;
}

const NOT_ZERO = /[1-9]/;

/** An exact decimal number as text, up to 12 digits before the point: `"2.55"`. Never a JSON number. */
export function DecimalText(options: DecimalTextOptions = {}): PropertyDecorator {
  const { decimals = 3, signed = false, notZero = false } = options;
  const pattern = new RegExp(
    `^${signed ? '-?' : ''}\\d{1,12}${decimals > 0 ? `(\\.\\d{1,${decimals}})?` : ''}$`,
  );
  const kind = notZero ? (signed ? ' other than zero' : ' above zero') : '';
  return field(
    {
      name: 'decimalText',
      message: `must be a decimal number${kind} as text with up to ${decimals} decimals, such as "2.55"`,
      accepts: (value) =>
        typeof value === 'string' && pattern.test(value) && (!notZero || NOT_ZERO.test(value)),
    },
    { type: String, format: 'decimal', pattern: pattern.source },
    { example: '2.55', ...options },
  );
}

const readFlag = ({ value }: { value: unknown }): unknown =>
  value === 'true' ? true : value === 'false' ? false : value;

export interface FlagOptions extends FieldOptions {
  /** For query strings: `true` and `false` written as text are read. */
  readonly inQuery?: boolean;
}

export const Flag = (options: FlagOptions = {}): PropertyDecorator =>
  field(
    { name: 'flag', message: 'must be true or false', accepts: (value) => typeof value === 'boolean' },
    { type: Boolean },
    { example: true, ...options },
    ...(options.inQuery ? [Transform(readFlag)] : []),
  );
