import type { Path } from '../bson/path.js';
import type { BsonValue } from '../bson/value.js';

/** A filter taken apart: the planner reads it for bounds, the matcher runs it. */
export type Filter =
  | { readonly kind: 'and' | 'or' | 'nor'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  | { readonly kind: 'path'; readonly path: Path; readonly test: Test }
  | { readonly kind: 'expression'; readonly expression: BsonValue }
  | { readonly kind: 'never' };

export type Comparison = 'eq' | 'gt' | 'gte' | 'lt' | 'lte';

/** What one value must pass. */
export type Test =
  | { readonly op: Comparison; readonly operand: BsonValue }
  | { readonly op: 'in'; readonly operands: readonly BsonValue[]; readonly patterns: readonly RegExp[] }
  | { readonly op: 'exists' }
  | { readonly op: 'type'; readonly types: ReadonlySet<number> }
  | { readonly op: 'size'; readonly size: number }
  | { readonly op: 'mod'; readonly divisor: bigint; readonly remainder: bigint }
  | RegexTest
  | { readonly op: 'elemMatch'; readonly filter: Filter }
  | { readonly op: 'elemMatchValue'; readonly tests: readonly Filter[] }
  | {
      readonly op: 'bits';
      readonly mask: bigint;
      readonly want: 'allSet' | 'allClear' | 'anySet' | 'anyClear';
    };

/** Text that the pattern finds, or the same regular expression stored as a value. */
export interface RegexTest {
  readonly op: 'regex';
  readonly pattern: RegExp;
  readonly literal: BsonValue;
}

/** The conditions that must all hold, with nested $and flattened. */
export function conjunctsOf(filter: Filter): readonly Filter[] {
  if (filter.kind !== 'and') return [filter];
  return filter.parts.flatMap(conjunctsOf);
}
