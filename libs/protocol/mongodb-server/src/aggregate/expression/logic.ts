import { encodeValue } from '../../bson/encode.js';
import { BsonType, elementsOf, entriesOf, fieldsOf } from '../../bson/value.js';
import { computing, named, operandsOf } from './define.js';
import {
  compareAny,
  type Evaluate,
  fail,
  isNullish,
  isTrue,
  type Operator,
  withNames,
  withVariable,
} from './scope.js';

const comparison = (answer: (order: number) => boolean | number): Operator =>
  computing(2, 2, ([left, right]) => encodeValue(answer(compareAny(left, right))));

const and: Operator = (operand, context) => {
  const parts = operandsOf(operand).map((part) => context.compile(part, context));
  return (scope) => encodeValue(parts.every((part) => isTrue(part(scope))));
};
const or: Operator = (operand, context) => {
  const parts = operandsOf(operand).map((part) => context.compile(part, context));
  return (scope) => encodeValue(parts.some((part) => isTrue(part(scope))));
};

const cond: Operator = (operand, context, name) => {
  let [test, then, otherwise]: (Evaluate | undefined)[] = [];
  if (operand.type === BsonType.object) {
    for (const [field, value] of entriesOf(operand)) {
      const part = context.compile(value, context);
      if (field === 'if') test = part;
      else if (field === 'then') then = part;
      else if (field === 'else') otherwise = part;
      else fail(17083, `Unrecognized parameter to $cond: ${field}`);
    }
    if (!test) return fail(17080, "Missing 'if' parameter to $cond");
    if (!then) return fail(17081, "Missing 'then' parameter to $cond");
    if (!otherwise) return fail(17082, "Missing 'else' parameter to $cond");
  } else {
    const parts = operandsOf(operand);
    if (parts.length !== 3)
      fail(16020, `Expression ${name} takes exactly 3 arguments. ${parts.length} were passed in.`);
    [test, then, otherwise] = parts.map((part) => context.compile(part, context));
  }
  return (scope) => (isTrue(test!(scope)) ? then!(scope) : otherwise!(scope));
};

const switchOf: Operator = named(
  ['branches', 'default'],
  { notObject: 40060, unknown: 40067, missing: 40068 },
  (operands, context) => {
    const branches = operands.raw('branches');
    if (!branches) return fail(40068, '$switch requires at least one branch');
    if (branches.type !== BsonType.array) fail(40061, "$switch expected an array for 'branches'");
    const parsed = elementsOf(branches).map((branch) => {
      if (branch.type !== BsonType.object) fail(40062, '$switch expected each branch to be an object');
      const fields = fieldsOf(branch);
      for (const field of fields.keys())
        if (field !== 'case' && field !== 'then')
          fail(40063, `$switch found an unknown argument to a branch: ${field}`);
      const [test, then] = [fields.get('case'), fields.get('then')];
      if (!test) return fail(40064, "$switch requires each branch have a 'case' expression");
      if (!then) return fail(40065, "$switch requires each branch have a 'then' expression");
      return { test: context.compile(test, context), result: context.compile(then, context) };
    });
    if (parsed.length === 0) fail(40068, '$switch requires at least one branch');
    const otherwise = operands.get('default');
    return (scope) => {
      for (const { test, result } of parsed) if (isTrue(test(scope))) return result(scope);
      if (otherwise) return otherwise(scope);
      return fail(
        40066,
        '$switch could not find a matching branch for an input, and no default was specified.',
      );
    };
  },
);

const ifNull: Operator = (operand, context) => {
  const parts = operandsOf(operand).map((part) => context.compile(part, context));
  if (parts.length < 2) fail(1_257_300, `$ifNull needs at least two arguments, had: ${parts.length}`);
  return (scope) => {
    for (const part of parts.slice(0, -1)) {
      const value = part(scope);
      if (!isNullish(value)) return value;
    }
    return parts.at(-1)!(scope);
  };
};

const letIn: Operator = (operand, context) => {
  if (operand.type !== BsonType.object) fail(16874, '$let only supports an object as its argument');
  const fields = fieldsOf(operand);
  for (const field of fields.keys())
    if (field !== 'vars' && field !== 'in') fail(16875, `Unrecognized parameter to $let: ${field}`);
  const [vars, body] = [fields.get('vars'), fields.get('in')];
  if (!vars) return fail(16876, "Missing 'vars' parameter to $let");
  if (!body) return fail(16877, "Missing 'in' parameter to $let");
  const parsed = entriesOf(vars).map(([name, value]) => {
    checkVariable(name);
    return { name, value: context.compile(value, context) };
  });
  const inner = context.compile(
    body,
    withNames(
      context,
      parsed.map(({ name }) => name),
    ),
  );
  return (scope) =>
    inner(parsed.reduce((inside, { name, value }) => withVariable(inside, name, value(scope)), scope));
};

/** @throws MongoError 9 for a name that no variable may have. */
export function checkVariable(name: string): void {
  if (name === '') fail(9, 'empty variable names are not allowed');
  if (!/^[a-z\u0080-\uffff]/.test(name) && name !== 'CURRENT')
    fail(9, `'${name}' starts with an invalid character for a user variable name`);
  if (!/^[A-Za-z0-9_\u0080-\uffff]*$/.test(name))
    fail(9, `'${name}' contains an invalid character for a variable name`);
}

export const LOGIC: Readonly<Record<string, Operator>> = {
  $cmp: comparison((order) => order),
  $eq: comparison((order) => order === 0),
  $ne: comparison((order) => order !== 0),
  $gt: comparison((order) => order > 0),
  $gte: comparison((order) => order >= 0),
  $lt: comparison((order) => order < 0),
  $lte: comparison((order) => order <= 0),
  $and: and,
  $or: or,
  $not: computing(1, 1, ([operand]) => encodeValue(!isTrue(operand))),
  $cond: cond,
  $switch: switchOf,
  $ifNull: ifNull,
  $let: letIn,
  $literal: (operand) => () => operand,
  $rand: (operand) => {
    if (
      operandsOf(operand).length > 0 &&
      !(operand.type === BsonType.object && operand.end - operand.start === 5)
    )
      fail(3_040_501, '$rand does not take any arguments');
    return () => encodeValue(Math.random());
  },
};
