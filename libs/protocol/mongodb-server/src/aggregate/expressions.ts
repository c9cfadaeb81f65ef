import { deserialize } from 'bson';
import { type Encodable, encodeValue } from '../bson/encode.js';
import { type BsonValue, documentValue } from '../bson/value.js';
import type { Predicate } from '../query/match.js';
import { compile, contextOf } from './expression/compile.js';
import { isTrue, type Value } from './expression/scope.js';
import { toEncodable } from './plain.js';

type Plain = Record<string, unknown>;

/** `$$NOW` and the variables of a command, by name. */
export type Constants = ReadonlyMap<string, Value>;

/** A document as the driver shows it, for variables of a command. */
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

/** Variables as constants; `$$NOW` is the time of the call unless it is among them. */
export function constantsOf(variables: Readonly<Record<string, unknown>>): Constants {
  const constants = new Map<string, Value>([['NOW', encodeValue(new Date())]]);
  for (const [name, value] of Object.entries(variables))
    constants.set(name, encodeValue(toEncodable(value) as Encodable));
  return constants;
}

/** An expression ready to be computed for many documents; undefined is a missing result. */
export function compileWith(expression: BsonValue, constants: Constants): (document: Buffer) => Value {
  const evaluate = compile(expression, contextOf(constants));
  return (document) => evaluate({ root: documentValue(document), variables: undefined });
}

export function compileValue(
  expression: BsonValue,
  variables: Readonly<Record<string, unknown>> = {},
): (document: Buffer) => Value {
  return compileWith(expression, constantsOf(variables));
}

/** `$expr` for the matcher. */
export function judgeWith(
  variables: Readonly<Record<string, unknown>>,
): (expression: BsonValue) => Predicate {
  let constants: Constants | undefined;
  return (expression) => {
    constants ??= constantsOf(variables);
    return judgeOf(expression, constants);
  };
}

export function judgeOf(expression: BsonValue, constants: Constants): Predicate {
  const evaluate = compile(expression, contextOf(constants));
  return (bytes, start) => isTrue(evaluate({ root: documentValue(bytes, start), variables: undefined }));
}
