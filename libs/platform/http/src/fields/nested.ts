import { Type } from 'class-transformer';
import { ValidateNested } from 'class-validator';
import { type FieldOptions, field } from './field.js';

// biome-ignore lint/suspicious/noExplicitAny: any DTO class
type DtoClass = () => new (...parameters: any[]) => object;

/** class-validator takes a list where one object is meant: this does not. */
const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object of another DTO class. */
export const Nested = (type: DtoClass, options: FieldOptions = {}): PropertyDecorator =>
  field(
    { name: 'object', message: 'must be an object', accepts: isObject },
    { type: () => type() }, // Nest's OpenAPI knows a lazy type by the name of this function
    options,
    ValidateNested(),
    Type(type),
  );

export interface ListOptions extends FieldOptions {
  /** Fewest elements; 0 unless told. */
  readonly min?: number;
  /** Most elements; 100 unless told. */
  readonly max?: number;
}

/** A list of objects of another DTO class. */
export function ListOf(type: DtoClass, options: ListOptions = {}): PropertyDecorator {
  const { min = 0, max = 100 } = options;
  return field(
    {
      name: 'list',
      message: `must be a list of ${min} to ${max} objects`,
      accepts: (value) =>
        Array.isArray(value) && value.length >= min && value.length <= max && value.every(isObject),
    },
    { type: () => [type()], minItems: min, maxItems: max } as never,
    options,
    ValidateNested({ each: true }),
    Type(type),
  );
}
