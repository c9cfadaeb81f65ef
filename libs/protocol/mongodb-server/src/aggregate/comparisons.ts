import { compareValues } from '../bson/compare.js';
import { type Encodable, encodeValue } from '../bson/encode.js';
import { toEncodable } from './plain.js';

type Evaluate = (document: never, expression: never, options: never) => unknown;
type ExpressionOperator = (document: never, expression: never, options: never) => unknown;

/** Order of any two computed values as MongoDB compares them in expressions: across types, and missing before null. */
export function comparePlain(left: unknown, right: unknown): number {
  if (left === undefined || right === undefined)
    return Number(left !== undefined) - Number(right !== undefined);
  return Math.sign(
    compareValues(encodeValue(toEncodable(left) as Encodable), encodeValue(toEncodable(right) as Encodable)),
  );
}

/** The comparison expressions; mingo's compare within one type only and take null for missing. */
export function comparisons(evaluate: Evaluate): Record<string, ExpressionOperator> {
  const operator =
    (answer: (order: number) => unknown): ExpressionOperator =>
    (document, expression, options) => {
      const [left, right] = evaluate(document, expression, options) as [unknown, unknown];
      return answer(comparePlain(left, right));
    };
  return {
    $cmp: operator((order) => order),
    $eq: operator((order) => order === 0),
    $ne: operator((order) => order !== 0),
    $gt: operator((order) => order > 0),
    $gte: operator((order) => order >= 0),
    $lt: operator((order) => order < 0),
    $lte: operator((order) => order <= 0),
  };
}
