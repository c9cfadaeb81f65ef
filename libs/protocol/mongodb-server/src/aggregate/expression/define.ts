import { BsonType, type BsonValue, elementsOf, entriesOf, fieldsOf } from '../../bson/value.js';
import { type Context, type Evaluate, fail, type Operator, type Scope, type Value } from './scope.js';

/** An operand that is a list, or one operand without brackets. */
export function operandsOf(operand: BsonValue): BsonValue[] {
  return operand.type === BsonType.array ? elementsOf(operand) : [operand];
}

/** An operator that computes from all of its operands. */
export function computing(
  least: number,
  most: number,
  compute: (operands: readonly Value[], name: string, scope: Scope) => Value,
): Operator {
  return (operand, context, name) => {
    const given = operandsOf(operand);
    checkCount(given.length, least, most, name);
    const parts = given.map((part) => context.compile(part, context));
    return (scope) =>
      compute(
        parts.map((part) => part(scope)),
        name,
        scope,
      );
  };
}

function checkCount(count: number, least: number, most: number, name: string): void {
  if (count >= least && count <= most) return;
  if (least === most)
    fail(16020, `Expression ${name} takes exactly ${least} arguments. ${count} were passed in.`);
  fail(
    28667,
    `Expression ${name} takes at least ${least} arguments, and at most ${most}, but ${count} were passed in.`,
  );
}

/** Named operands, such as `{ input, find }`. */
export interface Named {
  get(name: string): Evaluate | undefined;
  must(name: string): Evaluate;
  raw(name: string): BsonValue | undefined;
}

/** An operator whose operands have names. @param codes errors for no object, an unknown name, a missing one. */
export function named(
  known: readonly string[],
  codes: { readonly notObject: number; readonly unknown: number; readonly missing: number },
  build: (operands: Named, context: Context, name: string) => Evaluate,
): Operator {
  return (operand, context, name) => {
    if (operand.type !== BsonType.object)
      fail(codes.notObject, `${name} only supports an object as its argument`);
    const fields = fieldsOf(operand);
    for (const [field] of entriesOf(operand))
      if (!known.includes(field)) fail(codes.unknown, `Unrecognized argument to ${name}: ${field}`);
    const get = (field: string) => {
      const value = fields.get(field);
      return value && context.compile(value, context);
    };
    return build(
      {
        get,
        must: (field) => get(field) ?? fail(codes.missing, `Missing '${field}' parameter to ${name}`),
        raw: (field) => fields.get(field),
      },
      context,
      name,
    );
  };
}
