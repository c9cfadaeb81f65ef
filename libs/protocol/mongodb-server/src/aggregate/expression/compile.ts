import { rankOf } from '../../bson/compare.js';
import { encodeValue } from '../../bson/encode.js';
import { closed, Tree } from '../../bson/tree.js';
import { BsonType, type BsonValue, elementsOf, entriesOf, findField } from '../../bson/value.js';
import { notSupported } from '../../errors.js';
import { ACCUMULATING } from './accumulating.js';
import { ARITHMETIC } from './arithmetic.js';
import { ARRAYS, list } from './arrays.js';
import { CONVERSION } from './conversions.js';
import { DATES } from './dates.js';
import { LOGIC } from './logic.js';
import { OBJECTS } from './objects.js';
import { type Context, type Evaluate, fail, type Operator, type Value, type Variables } from './scope.js';
import { STRINGS } from './strings.js';

/** The expressions that are there, by name. */
export const EXPRESSIONS: Readonly<Record<string, Operator>> = {
  ...ARITHMETIC,
  ...LOGIC,
  ...ARRAYS,
  ...STRINGS,
  ...CONVERSION,
  ...OBJECTS,
  ...DATES,
  ...ACCUMULATING,
};

/** Expressions of MongoDB that are not. */
export const ABSENT_EXPRESSIONS = [
  '$accumulator',
  '$function',
  '$meta',
  '$toUUID',
  '$sampleRate',
  '$median',
  '$percentile',
  '$toHashedIndexKey',
] as const;

/** Takes an expression apart. @throws MongoError 168 unknown, 15983, 17276 and those of the operators. */
export function compile(expression: BsonValue, context: Context): Evaluate {
  switch (expression.type) {
    case BsonType.string:
      return compileText(expression, context);
    case BsonType.array: {
      const parts = elementsOf(expression).map((part) => compile(part, context));
      return (scope) => list(parts.map((part) => part(scope)));
    }
    case BsonType.object:
      return compileObject(expression, context);
    default:
      rankOf(expression.type);
      return () => expression;
  }
}

function compileText(expression: BsonValue, context: Context): Evaluate {
  const text = expression.string();
  if (!text.startsWith('$')) return () => expression;
  if (text === '$') return fail(16872, "'$' by itself is not a valid FieldPath");
  if (text.startsWith('$$')) return compileVariable(text.slice(2), context);
  const path = pathOf(text.slice(1));
  return context.names.has('CURRENT')
    ? (scope) => valueAt(variableOf(scope.variables, 'CURRENT'), path)
    : (scope) => valueAt(scope.root, path);
}

function pathOf(text: string): Buffer[] {
  if (text === '') return [];
  const segments = text.split('.');
  if (text.endsWith('.')) fail(40353, `FieldPath must not end with a '.'.`);
  if (segments.includes('')) fail(15998, 'FieldPath field names may not be empty strings.');
  const dollar = segments.find((segment) => segment.startsWith('$'));
  if (dollar)
    fail(
      16410,
      `FieldPath field names may not start with '$'. Consider using $getField or $setField, found '${dollar}'.`,
    );
  return segments.map((segment) => Buffer.from(segment));
}

function compileVariable(text: string, context: Context): Evaluate {
  const at = text.indexOf('.');
  const name = at < 0 ? text : text.slice(0, at);
  const path = pathOf(at < 0 ? '' : text.slice(at + 1));
  if (context.names.has(name)) return (scope) => valueAt(variableOf(scope.variables, name), path);
  if (context.constants.has(name)) {
    const value = valueAt(context.constants.get(name), path);
    return () => value;
  }
  if (name === 'ROOT' || name === 'CURRENT') return (scope) => valueAt(scope.root, path);
  if (name === 'REMOVE') return () => undefined;
  if (['CLUSTER_TIME', 'USER_ROLES', 'SEARCH_META', 'JS_SCOPE', 'IS_MR'].includes(name))
    throw notSupported(`the variable $$${name}`);
  return fail(17276, `Use of undefined variable: ${name}`);
}

function variableOf(variables: Variables | undefined, name: string): Value {
  for (let at = variables; at; at = at.outer) if (at.name === name) return at.value;
  return undefined;
}

/** A path through documents; an array on it gives the array of what its elements have there. */
function valueAt(value: Value, path: readonly Buffer[], at = 0): Value {
  if (at === path.length || value === undefined) return value;
  if (value.type === BsonType.object)
    return valueAt(findField(value.bytes, value.start, path[at]!), path, at + 1);
  if (value.type !== BsonType.array) return undefined;
  const found: BsonValue[] = [];
  for (const element of elementsOf(value)) {
    if (element.type !== BsonType.object && element.type !== BsonType.array) continue;
    const inside = element.type === BsonType.array ? undefined : valueAt(element, path, at);
    if (inside) found.push(inside);
  }
  return encodeValue(found);
}

function compileObject(expression: BsonValue, context: Context): Evaluate {
  const entries = entriesOf(expression);
  const [first] = entries;
  if (first?.[0].startsWith('$')) {
    if (entries.length > 1)
      fail(
        15983,
        `an object representing an expression must have exactly one field, found ${entries.length}`,
      );
    return compileOperator(first[0], first[1], context);
  }
  const fields = entries.map(([name, value]) => {
    if (name.startsWith('$')) fail(16405, `FieldPath field names may not start with '$': ${name}`);
    if (name.includes('.')) fail(16405, `FieldPath field name '${name}' contains a dot`);
    return { name, compute: compile(value, context) };
  });
  return (scope) => {
    const tree = new Tree(BsonType.object);
    for (const { name, compute } of fields) {
      const value = compute(scope);
      if (value) tree.set(name, value);
    }
    return closed(tree);
  };
}

function compileOperator(name: string, operand: BsonValue, context: Context): Evaluate {
  const operator = Object.hasOwn(EXPRESSIONS, name) ? EXPRESSIONS[name] : undefined;
  if (operator) return operator(operand, context, name);
  if ((ABSENT_EXPRESSIONS as readonly string[]).includes(name)) throw notSupported(`the expression ${name}`);
  return fail(168, `Unrecognized expression '${name}'`);
}

/** What is known before any document: the time, and the variables of the command. */
export function contextOf(constants: ReadonlyMap<string, Value>): Context {
  return { constants, names: new Set(), compile };
}
