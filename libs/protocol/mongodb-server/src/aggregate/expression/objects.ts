import { NULL_VALUE } from '../../bson/compare.js';
import { type Encodable, encodeValue } from '../../bson/encode.js';
import { closed, Tree } from '../../bson/tree.js';
import { BsonType, type BsonValue, entriesOf, fieldsOf, typeName } from '../../bson/value.js';
import { computing, named } from './define.js';
import { fail, isNullish, type Operator, type Value } from './scope.js';

const ANY = Number.MAX_SAFE_INTEGER;

/** Later fields win and keep the place of the first. */
export function merge(operands: readonly Value[]): BsonValue {
  const merged = new Tree(BsonType.object);
  for (const operand of operands) {
    if (isNullish(operand)) continue;
    const value = operand as BsonValue;
    if (value.type !== BsonType.object)
      fail(40400, `$mergeObjects requires object inputs, but input is of type ${typeName(value.type)}`);
    for (const [name, field] of entriesOf(value)) merged.set(name, field);
  }
  return closed(merged);
}

function nameOf(field: BsonValue | undefined, what: string, codes: readonly [number, number]): string {
  if (!field) return fail(codes[0], `${what} requires 'field' to be specified`);
  const constant = field.type === BsonType.object ? fieldsOf(field).get('$literal') : field;
  if (
    constant?.type !== BsonType.string ||
    (field.type === BsonType.string && constant.string().startsWith('$'))
  )
    return fail(codes[1], `${what} requires 'field' to evaluate to a constant String`);
  return constant.string();
}

const getField: Operator = (operand, context, name) => {
  const isShort = operand.type !== BsonType.object || fieldsOf(operand).has('$literal');
  const fields = isShort ? undefined : fieldsOf(operand);
  for (const field of fields?.keys() ?? [])
    if (field !== 'field' && field !== 'input')
      fail(3_041_701, `${name} found an unknown argument: ${field}`);
  const field = nameOf(fields ? fields.get('field') : operand, name, [3_041_702, 5_654_602]);
  const input = fields?.get('input');
  if (fields && !input) fail(3_041_703, `${name} requires 'input' to be specified`);
  const from = input && context.compile(input, context);
  return (scope) => {
    const value = from ? from(scope) : scope.root;
    if (isNullish(value)) return value && NULL_VALUE;
    return (value as BsonValue).type === BsonType.object
      ? fieldsOf(value as BsonValue).get(field)
      : undefined;
  };
};

const setField = (removes: boolean): Operator =>
  named(
    removes ? ['field', 'input'] : ['field', 'input', 'value'],
    { notObject: 4_161_100, unknown: 4_161_101, missing: 4_161_102 },
    (operands, _context, name) => {
      const field = nameOf(operands.raw('field'), name, [4_161_102, 4_161_106]);
      const input = operands.must('input');
      const value = removes ? undefined : operands.must('value');
      return (scope) => {
        const given = input(scope);
        if (isNullish(given)) return NULL_VALUE;
        if ((given as BsonValue).type !== BsonType.object)
          fail(4_161_105, `${name} requires 'input' to evaluate to type Object`);
        const tree = Tree.open(given as BsonValue);
        const made = value?.(scope);
        const index = tree.indexOf(field);
        if (made) tree.set(field, made);
        else if (index >= 0) tree.removeAt(index);
        return closed(tree);
      };
    },
  );

export const OBJECTS: Readonly<Record<string, Operator>> = {
  $mergeObjects: computing(0, ANY, merge),
  $objectToArray: computing(1, 1, ([value]) => {
    if (isNullish(value)) return NULL_VALUE;
    if ((value as BsonValue).type !== BsonType.object)
      fail(40390, `$objectToArray requires a document input, found: ${typeName((value as BsonValue).type)}`);
    return encodeValue(entriesOf(value as BsonValue).map(([k, v]): Encodable => ({ k, v })));
  }),
  $getField: getField,
  $setField: setField(false),
  $unsetField: setField(true),
  $bsonSize: computing(1, 1, ([value]) => {
    if (isNullish(value)) return NULL_VALUE;
    if ((value as BsonValue).type !== BsonType.object) fail(31393, '$bsonSize requires a document input');
    return encodeValue((value as BsonValue).raw().length);
  }),
  $binarySize: computing(1, 1, ([value]) => {
    if (isNullish(value)) return NULL_VALUE;
    const given = value as BsonValue;
    if (given.type === BsonType.string) return encodeValue(Buffer.byteLength(given.string()));
    if (given.type === BsonType.binary) return encodeValue(given.end - given.start - 5);
    return fail(51276, '$binarySize requires a string or BinData argument');
  }),
};
