import { deserialize } from 'bson';
import { type Encodable, encodeValue } from '../bson/encode.js';
import { BsonType, type BsonValue, documentValue, eachField, entriesOf } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import type { Predicate } from '../query/match.js';
import { newAggregator } from './mingo.js';
import { toEncodable } from './plain.js';

type Plain = Record<string, unknown>;

const ABSENT = new Set(
  '$function $accumulator $where $meta $rand $toObjectId $toUUID $bsonSize $binarySize $tsIncrement $tsSecond $sampleRate'.split(
    ' ',
  ),
);

/** A document as the driver shows it, which is what expressions compute with. @throws MongoError 238 */
export function plainDocument(bytes: Buffer, start = 0): Plain {
  const size = bytes.readInt32LE(start);
  return deserialize(bytes.subarray(start, start + size), {
    promoteBuffers: false,
    bsonRegExp: true,
  }) as Plain;
}

/** Any value as the driver shows it. */
export function plainValue(value: BsonValue): unknown {
  const bytes = Buffer.concat([
    Buffer.alloc(4),
    Buffer.from([value.type]),
    Buffer.from('v\0'),
    value.raw(),
    Buffer.from([0]),
  ]);
  bytes.writeInt32LE(bytes.length, 0);
  return (plainDocument(bytes) as { v: unknown }).v;
}

/** Refuses expressions that mingo lacks or gets wrong, by name. */
export function checkExpression(expression: BsonValue): void {
  if (expression.type !== BsonType.object && expression.type !== BsonType.array) return;
  for (const [name, value] of entriesOf(expression)) {
    if (ABSENT.has(name)) throw notSupported(`the expression ${name}`);
    if (name !== '$literal') checkExpression(value);
  }
}

/** An expression ready to be computed for many documents. */
export function compileExpression(
  expression: BsonValue,
  variables: Readonly<Record<string, unknown>> = {},
): (document: Plain) => unknown {
  checkExpression(expression);
  const now = variables['NOW'];
  const plain = now instanceof Date ? withNow(plainValue(expression), now) : plainValue(expression);
  const aggregator = newAggregator([{ $replaceWith: { v: plain } }], { variables: { ...variables } });
  return (document) => {
    const [row] = runMingo(() => aggregator.run([document]));
    return (row as { v?: unknown } | undefined)?.v;
  };
}

/** `$$NOW` is one time for a whole command; mingo would take the clock anew. */
function withNow(expression: unknown, now: Date): unknown {
  if (expression === '$$NOW') return now;
  if (Array.isArray(expression)) return expression.map((part) => withNow(part, now));
  if (
    expression === null ||
    typeof expression !== 'object' ||
    Object.getPrototypeOf(expression) !== Object.prototype
  ) {
    return expression;
  }
  if ('$literal' in expression) return expression;
  return Object.fromEntries(Object.entries(expression).map(([name, part]) => [name, withNow(part, now)]));
}

/** An expression that gives a stored value; undefined when the result is missing. */
export function compileValue(
  expression: BsonValue,
  variables?: Readonly<Record<string, unknown>>,
): (document: Buffer) => BsonValue | undefined {
  const compute = compileExpression(expression, variables);
  return (document) => {
    refuseInexact(documentValue(document));
    const result = compute(plainDocument(document));
    return result === undefined ? undefined : encodeValue(toEncodable(result) as Encodable);
  };
}

/** Numbers that JavaScript cannot compute with exactly are refused rather than computed wrongly. */
export function refuseInexact(value: BsonValue): void {
  eachField(value.bytes, value.start, (field) => {
    if (field.type === BsonType.decimal128) throw notSupported('computing with Decimal128');
    if (field.type === BsonType.int64 && typeof field.number() === 'bigint') {
      throw notSupported('computing with an int64 beyond 2^53');
    }
    if (field.type === BsonType.object || field.type === BsonType.array) refuseInexact(field);
    return undefined;
  });
}

/** `$expr` for the matcher. */
export function judgeWith(
  variables: Readonly<Record<string, unknown>>,
): (expression: BsonValue) => Predicate {
  return (expression) => {
    const compute = compileExpression(expression, variables);
    return (bytes, start) => {
      const result = compute(plainDocument(bytes, start));
      return result !== undefined && result !== null && result !== false && result !== 0;
    };
  };
}

/** mingo's own errors as those of a server. */
export function runMingo<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof MongoError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    if (/unregistered|not registered|unknown operator|could not find/i.test(message))
      throw new MongoError(168, message);
    throw new MongoError(2, message);
  }
}
