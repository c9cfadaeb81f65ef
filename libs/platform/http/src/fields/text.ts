import { isISO4217CurrencyCode } from 'class-validator';
import { type FieldOptions, field } from './field.js';

export interface TextOptions extends FieldOptions {
  /** Fewest characters (code points); 1 unless told. */
  readonly min?: number;
  /** Most characters (code points); 200 unless told. */
  readonly max?: number;
  /** The whole text must match; say in `expected` what that means. */
  readonly pattern?: RegExp;
  /** What the pattern stands for: `a code such as "85123A"`. */
  readonly expected?: string;
  /** Line breaks and tabs are allowed. */
  readonly multiline?: boolean;
}

const ONE_LINE = /^[^\p{Cc}\p{Cs}]*$/u;
const MULTILINE = /^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u;

/** A text without control characters. */
export function Text(options: TextOptions = {}): PropertyDecorator {
  const { min = 1, max = 200, pattern, multiline = false } = options;
  const clean = multiline ? MULTILINE : ONE_LINE;
  const expected = options.expected ?? (pattern ? `a text that matches ${pattern.source}` : undefined);
  const size = min === max ? `${max} characters` : `${min} to ${max} characters`;
  return field(
    {
      name: 'text',
      message: `must be ${expected ?? `a text of ${size}${multiline ? '' : ' on one line'}`}`,
      accepts: (value) =>
        typeof value === 'string' &&
        hasLength(value, min, max) &&
        clean.test(value) &&
        (pattern === undefined || pattern.test(value)),
    },
    { type: String, minLength: min, maxLength: max, ...(pattern ? { pattern: pattern.source } : {}) },
    options,
  );
}

/** Code points are counted only where the UTF-16 length leaves it open. */
function hasLength(value: string, min: number, max: number): boolean {
  const units = value.length;
  if (units < min || units > 2 * max) return false;
  if (units <= max && units >= 2 * min) return true;
  let points = 0;
  for (const _ of value) points++;
  return points >= min && points <= max;
}

const ID = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,99}$/;

/** An id that fits a URL and a stream name as it is: 1 to 100 letters, digits, `.`, `_`, `~`, `-`. */
export const Id = (options: FieldOptions = {}): PropertyDecorator =>
  field(
    {
      name: 'id',
      message: 'must be an id of 1 to 100 letters, digits, ".", "_", "~" or "-", a letter or digit first',
      accepts: (value) => typeof value === 'string' && ID.test(value),
    },
    { type: String, minLength: 1, maxLength: 100, pattern: ID.source },
    { example: '01980f0c-7a5b-7cc4-b2a5-6f0f0b7f3c11', ...options },
  );

const CURRENCY = /^[A-Z]{3}$/;

/** ISO 4217, three capital letters. */
export const Currency = (options: FieldOptions = {}): PropertyDecorator =>
  field(
    {
      name: 'currency',
      message: 'must be an ISO 4217 currency code in capitals such as "GBP"',
      accepts: (value) => typeof value === 'string' && CURRENCY.test(value) && isISO4217CurrencyCode(value),
    },
    { type: String, pattern: CURRENCY.source },
    { example: 'GBP', ...options },
  );

/** One of the texts listed. */
export const OneOf = (values: readonly string[], options: FieldOptions = {}): PropertyDecorator => {
  const allowed = new Set<unknown>(values);
  return field(
    {
      name: 'oneOf',
      message: `must be one of ${values.map((value) => `"${value}"`).join(', ')}`,
      accepts: (value) => allowed.has(value),
    },
    { type: String, enum: [...values] },
    { example: values[0], ...options },
  );
};
