import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateBy, ValidateIf } from 'class-validator';

/** What every field decorator takes. */
export interface FieldOptions {
  readonly description?: string;
  /** Shown in the OpenAPI document. */
  readonly example?: unknown;
  /** The field may be left out. `null` is not the same as left out, and is refused. */
  readonly optional?: boolean;
  /** `null` is accepted, where it means something of its own, such as taking a value away. */
  readonly nullable?: boolean;
}

/** One rule of one field, with the one sentence that says what would be right. */
export interface FieldRule {
  /** Names the rule in class-validator's metadata. */
  readonly name: string;
  /** Completes "`<field>` …": `must be a text of 1 to 40 characters`. */
  readonly message: string;
  readonly accepts: (value: unknown) => boolean;
}

/** Kept as one function: it marks optional fields for everyone who reads the metadata. */
export const isGiven = (_object: unknown, value: unknown): boolean => value !== undefined;

/** One line a field: validates by `rule`, and documents by `schema`. */
export function field(
  rule: FieldRule,
  schema: ApiPropertyOptions,
  options: FieldOptions,
  ...more: PropertyDecorator[]
): PropertyDecorator {
  const { description, example, optional = false, nullable = false } = options;
  const documented = {
    ...schema,
    required: !optional,
    ...(nullable ? { nullable } : {}),
    ...(description === undefined ? {} : { description }),
    ...(example === undefined ? {} : { example }),
  } as ApiPropertyOptions;
  return applyDecorators(
    ...(optional ? [ValidateIf(isGiven)] : []),
    ValidateBy({
      name: rule.name,
      validator: nullable
        ? {
            validate: (value) => value === null || rule.accepts(value),
            defaultMessage: () => `${rule.message}, or null`,
          }
        : { validate: rule.accepts, defaultMessage: () => rule.message },
    }),
    ApiProperty(documented),
    ...more,
  ) as PropertyDecorator;
}
