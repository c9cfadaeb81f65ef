import { compareValues, NULL_VALUE, rankOf } from '../../bson/compare.js';
import { BsonType, BsonValue } from '../../bson/value.js';
import { MongoError } from '../../errors.js';

/** A computed value; undefined stands for missing. */
export type Value = BsonValue | undefined;

/** Variables of `$let`, `$map` and their like, the innermost first. */
export interface Variables {
  readonly name: string;
  readonly value: Value;
  readonly outer: Variables | undefined;
}

/** What an expression is computed from. */
export interface Scope {
  readonly root: BsonValue;
  readonly variables: Variables | undefined;
}

export type Evaluate = (scope: Scope) => Value;

/** Names and constants that are known while an expression is taken apart. */
export interface Context {
  /** `$$NOW` and the variables of the command. */
  readonly constants: ReadonlyMap<string, Value>;
  /** Variables that an operator around defines. */
  readonly names: ReadonlySet<string>;
  readonly compile: (expression: BsonValue, context: Context) => Evaluate;
}

/** One operator: checks its operand once, then computes. */
export type Operator = (operand: BsonValue, context: Context, name: string) => Evaluate;

export function isNullish(value: Value): value is undefined {
  return value === undefined || value.type === BsonType.null || value.type === BsonType.undefined;
}

export function isTrue(value: Value): boolean {
  if (isNullish(value)) return false;
  if (value.type === BsonType.boolean) return (value as BsonValue).boolean();
  if (!(value as BsonValue).isNumber) return true;
  return compareValues(value, ZERO) !== 0;
}

const ZERO = new BsonValue(BsonType.int32, Buffer.alloc(4), 0, 4);

/** As expressions compare: across types, a missing value before null. */
export function compareAny(left: Value, right: Value): number {
  if (left === undefined || right === undefined)
    return Number(left !== undefined) - Number(right !== undefined);
  return rankOf(left.type) === rankOf(right.type)
    ? Math.sign(compareValues(left, right))
    : Math.sign(rankOf(left.type) - rankOf(right.type));
}

export const orNull = (value: Value): BsonValue => value ?? NULL_VALUE;

export function withVariable(scope: Scope, name: string, value: Value): Scope {
  return { root: scope.root, variables: { name, value, outer: scope.variables } };
}

export function withNames(context: Context, names: Iterable<string>): Context {
  return { ...context, names: new Set([...context.names, ...names]) };
}

export function fail(code: number, message: string): never {
  throw new MongoError(code, message);
}
