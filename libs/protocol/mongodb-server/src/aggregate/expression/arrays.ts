import { NULL_VALUE } from '../../bson/compare.js';
import { type Encodable, encodeValue } from '../../bson/encode.js';
import { encodeKey } from '../../bson/key-encoding.js';
import { BsonType, type BsonValue, elementsOf, fieldsOf, typeName } from '../../bson/value.js';
import { compareSortKeys, parseSort, sortKeyOf } from '../../query/sort.js';
import { checkSortPattern } from '../../update/array-operators.js';
import { computing, named } from './define.js';
import { checkVariable } from './logic.js';
import { asDouble, int32Of } from './numbers.js';
import {
  compareAny,
  fail,
  isNullish,
  isTrue,
  type Operator,
  orNull,
  type Value,
  withNames,
  withVariable,
} from './scope.js';

const ANY = Number.MAX_SAFE_INTEGER;

export const list = (values: readonly Value[]): BsonValue => encodeValue(values.map(orNull));
export const keyOf = (value: Value): string => encodeKey(value).toString('latin1');
const isArray = (value: Value): value is BsonValue => value?.type === BsonType.array;

function elementAt(end: 'first' | 'last' | undefined): Operator {
  const pick = ([array, place]: readonly Value[], name: string): Value => {
    if (isNullish(array)) return NULL_VALUE;
    if (!isArray(array))
      return fail(
        28689,
        `${name}'s argument must be an array, but is ${typeName((array as BsonValue).type)}`,
      );
    const elements = elementsOf(array);
    if (end) return end === 'first' ? elements[0] : elements.at(-1);
    if (isNullish(place)) return NULL_VALUE;
    if (!(place as BsonValue).isNumber) fail(28690, `${name}'s second argument must be a numeric value`);
    const index = int32Of(place as BsonValue);
    if (index === undefined)
      return fail(28691, `${name}'s second argument must be representable as a 32-bit integer`);
    return elements.at(index);
  };
  return computing(end ? 1 : 2, end ? 1 : 2, pick);
}

function slice([array, first, second]: readonly Value[], name: string): Value {
  if (isNullish(array) || isNullish(first)) return NULL_VALUE;
  if (!isArray(array)) return fail(28724, `First argument to ${name} must be an array`);
  const whole = (value: Value, code: number) =>
    int32Of(value as BsonValue) ?? fail(code, `an argument to ${name} must be a 32-bit integer`);
  if (!(first as BsonValue).isNumber) fail(28725, `Second argument to ${name} must be a numeric value`);
  const elements = elementsOf(array);
  const a = whole(first, 28726);
  if (second === undefined) return list(a < 0 ? elements.slice(a) : elements.slice(0, a));
  if (isNullish(second)) return NULL_VALUE;
  if (!(second as BsonValue).isNumber) fail(28727, `Third argument to ${name} must be numeric`);
  const count = whole(second, 28728);
  if (count <= 0) fail(28729, `Third argument to ${name} must be positive: ${count}`);
  const from = a < 0 ? Math.max(0, elements.length + a) : a;
  return list(elements.slice(from, from + count));
}

function concat(operands: readonly Value[]): Value {
  const all: BsonValue[] = [];
  for (const operand of operands) {
    if (isNullish(operand)) return NULL_VALUE;
    if (!isArray(operand))
      return fail(28664, `$concatArrays only supports arrays, not ${typeName((operand as BsonValue).type)}`);
    all.push(...elementsOf(operand));
  }
  return list(all);
}

function indexOf([array, wanted, start, end]: readonly Value[]): Value {
  if (isNullish(array)) return NULL_VALUE;
  if (!isArray(array)) return fail(40090, '$indexOfArray requires an array as a first argument');
  const elements = elementsOf(array);
  const [from, to] = [boundOf(start, 0), Math.min(boundOf(end, elements.length), elements.length)];
  for (let at = from; at < to; at++) if (compareAny(elements[at], wanted) === 0) return encodeValue(at);
  return encodeValue(-1);
}

export function boundOf(value: Value, otherwise: number): number {
  if (value === undefined) return otherwise;
  const bound = int32Of(value);
  if (bound === undefined) return fail(40096, 'requires an integral starting or ending index');
  if (bound < 0) fail(40097, `requires a nonnegative starting or ending index, found: ${bound}`);
  return bound;
}

/** `$map`, `$filter` and `$reduce`: an expression for each element. */
const map: Operator = named(
  ['input', 'as', 'in'],
  { notObject: 16878, unknown: 16879, missing: 16880 },
  (operands, context, name) => {
    const input = operands.must('input');
    const as = nameIn(operands.raw('as'));
    const body = operands.raw('in') ?? fail(16882, `Missing 'in' parameter to ${name}`);
    const each = context.compile(body, withNames(context, [as]));
    return (scope) => {
      const array = input(scope);
      if (isNullish(array)) return NULL_VALUE;
      if (!isArray(array))
        return fail(16883, `input to ${name} must be an array not ${typeName((array as BsonValue).type)}`);
      return list(elementsOf(array).map((element) => each(withVariable(scope, as, element))));
    };
  },
);

function nameIn(as: BsonValue | undefined): string {
  if (as === undefined) return 'this';
  if (as.type !== BsonType.string) return fail(9, "'as' must be a string");
  checkVariable(as.string());
  return as.string();
}

const filter: Operator = named(
  ['input', 'as', 'cond', 'limit'],
  { notObject: 28646, unknown: 28647, missing: 28648 },
  (operands, context, name) => {
    const input = operands.must('input');
    const as = nameIn(operands.raw('as'));
    const body = operands.raw('cond') ?? fail(28650, `Missing 'cond' parameter to ${name}`);
    const accepts = context.compile(body, withNames(context, [as]));
    const limit = operands.get('limit');
    return (scope) => {
      const array = input(scope);
      if (isNullish(array)) return NULL_VALUE;
      if (!isArray(array))
        return fail(28651, `input to ${name} must be an array not ${typeName((array as BsonValue).type)}`);
      const most = limitOf(limit?.(scope));
      const kept: BsonValue[] = [];
      for (const element of elementsOf(array)) {
        if (kept.length === most) break;
        if (isTrue(accepts(withVariable(scope, as, element)))) kept.push(element);
      }
      return list(kept);
    };
  },
);

function limitOf(limit: Value): number {
  if (isNullish(limit)) return ANY;
  const most = int32Of(limit as BsonValue);
  if (most === undefined)
    return fail(327_391, '$filter: limit must be represented as a 32-bit integral value');
  if (most <= 0) fail(327_392, `$filter: limit must be greater than 0: ${most}`);
  return most;
}

const reduce: Operator = named(
  ['input', 'initialValue', 'in'],
  { notObject: 40075, unknown: 40076, missing: 40077 },
  (operands, context) => {
    const input = operands.must('input');
    const initial =
      operands.get('initialValue') ?? fail(40078, "$reduce requires 'initialValue' to be specified");
    const body = operands.raw('in') ?? fail(40079, "$reduce requires 'in' to be specified");
    const step = context.compile(body, withNames(context, ['this', 'value']));
    return (scope) => {
      const array = input(scope);
      if (isNullish(array)) return NULL_VALUE;
      if (!isArray(array)) return fail(40080, "$reduce requires that 'input' be an array");
      return elementsOf(array).reduce<Value>(
        (value, element) => step(withVariable(withVariable(scope, 'value', value), 'this', element)),
        initial(scope),
      );
    };
  },
);

const zip: Operator = named(
  ['inputs', 'useLongestLength', 'defaults'],
  { notObject: 34460, unknown: 34464, missing: 34465 },
  (operands, context) => {
    const inputs = operands.raw('inputs') ?? fail(34465, '$zip requires at least one input array');
    if (inputs.type !== BsonType.array) fail(34461, 'inputs must be an array of expressions');
    const parts = elementsOf(inputs).map((part) => context.compile(part, context));
    if (parts.length === 0) fail(34465, '$zip requires at least one input array');
    const longest = operands.raw('useLongestLength')?.truthy() ?? false;
    const defaults = operands.raw('defaults');
    if (defaults && !longest) fail(34466, 'cannot specify defaults unless useLongestLength is true');
    const fillers = defaults ? elementsOf(defaults).map((part) => context.compile(part, context)) : [];
    if (defaults && fillers.length !== parts.length)
      fail(34467, 'defaults and inputs must have the same length');
    return (scope) => {
      const arrays: BsonValue[][] = [];
      for (const part of parts) {
        const array = part(scope);
        if (isNullish(array)) return NULL_VALUE;
        if (!isArray(array)) return fail(34468, '$zip found a non-array expression in input');
        arrays.push(elementsOf(array));
      }
      const sizes = arrays.map((array) => array.length);
      const rows = longest ? Math.max(...sizes) : Math.min(...sizes);
      return encodeValue(
        Array.from({ length: rows }, (_, row) =>
          arrays.map((array, at) => orNull(array[row] ?? fillers[at]?.(scope))),
        ),
      );
    };
  },
);

function range([start, end, step]: readonly Value[]): Value {
  const whole = (value: Value, codes: readonly [number, number], what: string): number => {
    if (value === undefined || !value.isNumber)
      return fail(codes[0], `$range requires a numeric ${what} value`);
    return (
      int32Of(value) ??
      fail(codes[1], `$range requires a ${what} value that can be represented as a 32-bit integer`)
    );
  };
  const [from, to] = [whole(start, [34443, 34444], 'starting'), whole(end, [34445, 34446], 'ending')];
  const by = step === undefined ? 1 : whole(step, [34447, 34448], 'step');
  if (by === 0) fail(34449, '$range requires a non-zero step value');
  const values: number[] = [];
  for (let at = from; by > 0 ? at < to : at > to; at += by) values.push(at);
  return encodeValue(values);
}

/** An operator on sets: arrays whose order and repetitions say nothing. */
function arraysOf(operands: readonly Value[], code: number, name: string): BsonValue[][] | undefined {
  const arrays: BsonValue[][] = [];
  for (const operand of operands) {
    if (isNullish(operand)) return undefined;
    if (!isArray(operand))
      fail(
        code,
        `All operands of ${name} must be arrays. One argument is of type: ${typeName((operand as BsonValue).type)}`,
      );
    arrays.push(elementsOf(operand as BsonValue));
  }
  return arrays;
}

const once = (values: readonly BsonValue[]): Map<string, BsonValue> => {
  const seen = new Map<string, BsonValue>();
  for (const value of values) if (!seen.has(keyOf(value))) seen.set(keyOf(value), value);
  return seen;
};

/** Sets are given in comparison order, as servers do. */
const setOf = (values: Iterable<BsonValue>): BsonValue => list([...values].sort(compareAny));

const subset = ([left, right]: readonly Value[]): Value => {
  if (!isArray(left) || !isArray(right))
    return fail(isArray(left) ? 17042 : 17046, 'both operands of $setIsSubset must be arrays');
  const all = once(elementsOf(right));
  return encodeValue(elementsOf(left).every((element) => all.has(keyOf(element))));
};

function some(test: 'some' | 'every', code: number): Operator {
  return computing(1, 1, ([operand], name) => {
    if (!isArray(operand)) return fail(code, `${name}'s argument must be an array`);
    return encodeValue(elementsOf(operand)[test](isTrue));
  });
}

const sortArray: Operator = named(
  ['input', 'sortBy'],
  { notObject: 2_942_500, unknown: 2_942_501, missing: 2_942_502 },
  (operands) => {
    const input = operands.must('input');
    const by = operands.raw('sortBy') ?? fail(2_942_503, "$sortArray requires 'sortBy' to be specified");
    if (by.type === BsonType.object) checkSortPattern(by);
    else if (!by.isNumber || Math.abs(asDouble(by)) !== 1) fail(2, 'Invalid sortBy of $sortArray');
    const fields = by.type === BsonType.object ? parseSort(by) : undefined;
    const sign = fields ? 1 : asDouble(by);
    return (scope) => {
      const array = input(scope);
      if (isNullish(array)) return NULL_VALUE;
      if (!isArray(array)) return fail(2_942_504, 'The input argument to $sortArray must be an array');
      const elements = elementsOf(array);
      if (!fields) return list(elements.sort((a, b) => compareAny(a, b) * sign));
      const keyed = elements.map((element) => ({
        element,
        by: sortKeyOf(fields, element.type === BsonType.object ? element.raw() : EMPTY),
      }));
      return list(keyed.sort((a, b) => compareSortKeys(fields, a.by, b.by)).map(({ element }) => element));
    };
  },
);
const EMPTY = Buffer.from([5, 0, 0, 0, 0]);

/** `$firstN`, `$lastN`, `$maxN`, `$minN` of an array. */
function several(kind: 'first' | 'last' | 'max' | 'min'): Operator {
  return named(
    ['n', 'input'],
    { notObject: 5_787_801, unknown: 5_787_901, missing: 5_787_906 },
    (operands) => {
      const [input, count] = [operands.must('input'), operands.must('n')];
      return (scope) => {
        const n = positiveOf(count(scope));
        const array = input(scope);
        if (!isArray(array)) return fail(5_788_200, 'Input must be an array');
        return list(severalOf(kind, elementsOf(array), n));
      };
    },
  );
}

export function positiveOf(value: Value): number {
  const n = value && int32Of(value);
  if (n === undefined) return fail(5_787_903, "Value for 'n' must be of integral type");
  if (n <= 0) fail(5_787_908, "'n' must be greater than 0");
  return n;
}

export function severalOf(
  kind: 'first' | 'last' | 'max' | 'min',
  values: readonly Value[],
  n: number,
): Value[] {
  if (kind === 'first') return values.slice(0, n);
  if (kind === 'last') return values.slice(-n);
  const present = values.filter((value) => !isNullish(value));
  const sign = kind === 'min' ? 1 : -1;
  return present.sort((a, b) => compareAny(a, b) * sign).slice(0, n);
}

/** `[[k, v]]` or `[{k, v}]` as a document. */
function toObject([array]: readonly Value[]): Value {
  if (isNullish(array)) return NULL_VALUE;
  if (!isArray(array)) return fail(40386, '$arrayToObject requires an array input');
  const made: Record<string, Encodable> = {};
  for (const element of elementsOf(array)) {
    const pair = pairOf(element);
    made[pair[0]] = pair[1];
  }
  return encodeValue(made);
}

function pairOf(element: BsonValue): [string, BsonValue] {
  let key: Value;
  let value: Value;
  if (element.type === BsonType.array) {
    const parts = elementsOf(element);
    if (parts.length !== 2) fail(40397, '$arrayToObject requires an array of size 2 arrays');
    [key, value] = parts;
    if (key?.type !== BsonType.string)
      return fail(
        40395,
        '$arrayToObject requires an array of key-value pairs, where the key must be of type string',
      );
  } else if (element.type === BsonType.object) {
    const fields = fieldsOf(element);
    if (fields.size !== 2) fail(40392, "$arrayToObject requires an object keys of 'k' and 'v'");
    [key, value] = [fields.get('k'), fields.get('v')];
    if (!key || !value) return fail(40393, "$arrayToObject requires an object with keys 'k' and 'v'");
    if (key.type !== BsonType.string)
      return fail(
        40394,
        "$arrayToObject requires an object with keys 'k' and 'v', where the value of 'k' must be of type string",
      );
  } else return fail(40398, 'Unrecognised input type format for $arrayToObject');
  return [key.string(), value!];
}

export const ARRAYS: Readonly<Record<string, Operator>> = {
  $arrayElemAt: elementAt(undefined),
  $first: elementAt('first'),
  $last: elementAt('last'),
  $firstN: several('first'),
  $lastN: several('last'),
  $maxN: several('max'),
  $minN: several('min'),
  $slice: computing(2, 3, slice),
  $concatArrays: computing(0, ANY, concat),
  $indexOfArray: computing(2, 4, indexOf),
  $in: computing(2, 2, ([value, array]) => {
    if (!isArray(array)) return fail(40081, '$in requires an array as a second argument');
    return encodeValue(elementsOf(array).some((element) => compareAny(element, value) === 0));
  }),
  $isArray: computing(1, 1, ([value]) => encodeValue(isArray(value))),
  $size: computing(1, 1, ([array]) => {
    if (!isArray(array)) return fail(17124, 'The argument to $size must be an array');
    return encodeValue(elementsOf(array).length);
  }),
  $reverseArray: computing(1, 1, ([array]) => {
    if (isNullish(array)) return NULL_VALUE;
    if (!isArray(array)) return fail(34435, 'The argument to $reverseArray must be an array');
    return list(elementsOf(array).reverse());
  }),
  $map: map,
  $filter: filter,
  $reduce: reduce,
  $zip: zip,
  $range: computing(2, 3, range),
  $sortArray: sortArray,
  $arrayToObject: computing(1, 1, toObject),
  $setUnion: computing(0, ANY, (operands, name) => {
    const arrays = arraysOf(operands, 17043, name);
    return arrays ? setOf(once(arrays.flat()).values()) : NULL_VALUE;
  }),
  $setIntersection: computing(0, ANY, (operands, name) => {
    const arrays = arraysOf(operands, 17047, name);
    if (!arrays) return NULL_VALUE;
    const [first = new Map<string, BsonValue>(), ...rest] = arrays.map(once);
    return setOf([...first].filter(([key]) => rest.every((set) => set.has(key))).map(([, value]) => value));
  }),
  $setDifference: computing(2, 2, ([left, right], name) => {
    if (isNullish(left) || isNullish(right)) return NULL_VALUE;
    if (!isArray(left)) return fail(17048, `both operands of ${name} must be arrays`);
    if (!isArray(right)) return fail(17049, `both operands of ${name} must be arrays`);
    const unwanted = once(elementsOf(right));
    return list([...once(elementsOf(left))].filter(([key]) => !unwanted.has(key)).map(([, value]) => value));
  }),
  $setEquals: computing(2, ANY, (operands, name) => {
    if (operands.some(isNullish)) fail(17044, `All operands of ${name} must be arrays.`);
    const [first, ...rest] = arraysOf(operands, 17044, name)!.map(once) as [
      Map<string, BsonValue>,
      ...Map<string, BsonValue>[],
    ];
    return encodeValue(
      rest.every((set) => set.size === first.size && [...set.keys()].every((key) => first.has(key))),
    );
  }),
  $setIsSubset: computing(2, 2, subset),
  $anyElementTrue: some('some', 17041),
  $allElementsTrue: some('every', 17040),
};
