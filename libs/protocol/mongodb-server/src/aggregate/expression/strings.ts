import { NULL_VALUE } from '../../bson/compare.js';
import { encodeValue } from '../../bson/encode.js';
import { BsonType, type BsonValue, typeName } from '../../bson/value.js';
import { regexOf, regexOfOptions } from '../../query/regex.js';
import { boundOf } from './arrays.js';
import { textOf } from './conversions.js';
import { computing, named } from './define.js';
import { int32Of } from './numbers.js';
import { fail, isNullish, type Operator, type Value } from './scope.js';

const ANY = Number.MAX_SAFE_INTEGER;

function isText(value: Value): value is BsonValue {
  return value?.type === BsonType.string;
}

function textIn(value: Value, code: number, what: string): string {
  if (value?.type === BsonType.string) return value.string();
  return fail(code, `${what} must be a string, found: ${value ? typeName(value.type) : 'missing'}`);
}

function concat(operands: readonly Value[]): Value {
  let text = '';
  for (const operand of operands) {
    if (isNullish(operand)) return NULL_VALUE;
    if (!isText(operand))
      return fail(16702, `$concat only supports strings, not ${typeName((operand as BsonValue).type)}`);
    text += operand.string();
  }
  return encodeValue(text);
}

/** Only ASCII letters change, as the manual says. */
const casing = (change: (text: string) => string): Operator =>
  computing(1, 1, ([operand]) =>
    encodeValue(isNullish(operand) ? '' : change(textOf(operand as BsonValue, 16007))),
  );
const upper = (text: string) => text.replace(/[a-z]+/g, (part) => part.toUpperCase());
const lower = (text: string) => text.replace(/[A-Z]+/g, (part) => part.toLowerCase());

function part(value: Value, code: number, codeWhole: number, what: string): number {
  if (value === undefined || !value.isNumber) return fail(code, `${what} must be a numeric type`);
  return int32Of(value) ?? fail(codeWhole, `${what} cannot be represented as a 32-bit integral value`);
}

function substringBytes([operand, start, count]: readonly Value[]): Value {
  const bytes = Buffer.from(isNullish(operand) ? '' : textOf(operand as BsonValue, 16007));
  if (!start?.isNumber) fail(16034, '$substrBytes: starting index must be a numeric type');
  if (!count?.isNumber) fail(16035, '$substrBytes: length must be a numeric type');
  const from = part(start, 16034, 16034, 'starting index');
  const length = part(count, 16035, 16035, 'length');
  if (from < 0) fail(50752, '$substrBytes: starting index must be non-negative');
  const to = length < 0 ? bytes.length : Math.min(bytes.length, from + length);
  const cutsInto = (at: number) => at < bytes.length && ((bytes[at] as number) & 0xc0) === 0x80;
  if (cutsInto(from))
    fail(28656, '$substrBytes: Invalid range, starting index is a UTF-8 continuation byte.');
  if (to > from && cutsInto(to))
    fail(28657, '$substrBytes: Invalid range, ending index is in the middle of a UTF-8 character.');
  return encodeValue(from >= bytes.length ? '' : bytes.toString('utf8', from, Math.max(from, to)));
}

function substringPoints([operand, start, count]: readonly Value[]): Value {
  const points = [...(isNullish(operand) ? '' : textOf(operand as BsonValue, 16007))];
  const from = part(start, 34450, 34451, '$substrCP: starting index');
  const length = part(count, 34452, 34453, '$substrCP: length');
  if (length < 0) fail(34454, '$substrCP: length must be a nonnegative integer.');
  if (from < 0) fail(34455, '$substrCP: the starting index must be nonnegative integer.');
  return encodeValue(points.slice(from, from + length).join(''));
}

const indexOf = (inBytes: boolean): Operator =>
  computing(2, 4, ([operand, wanted, start, end], name) => {
    if (isNullish(operand)) return NULL_VALUE;
    const text = textIn(operand, inBytes ? 40091 : 40093, `${name}'s first argument`);
    const search = textIn(wanted, inBytes ? 40092 : 40094, `${name}'s second argument`);
    const units = inBytes ? Buffer.from(text) : [...text];
    const [from, to] = [boundOf(start, 0), Math.min(boundOf(end, units.length), units.length)];
    if (from > to) return encodeValue(-1);
    if (Buffer.isBuffer(units)) {
      const at = units.subarray(0, to).indexOf(search, from);
      return encodeValue(at);
    }
    const before = units.slice(0, from).join('').length;
    const at = units.slice(0, to).join('').indexOf(search, before);
    return encodeValue(at < 0 ? -1 : [...text.slice(0, at)].length);
  });

const BLANKS = '\0 \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a';

const trim = (start: boolean, end: boolean): Operator =>
  named(
    ['input', 'chars'],
    { notObject: 50696, unknown: 50694, missing: 50695 },
    (operands, _context, name) => {
      const [input, chars] = [operands.must('input'), operands.get('chars')];
      return (scope) => {
        const value = input(scope);
        if (isNullish(value)) return NULL_VALUE;
        const text = [...textIn(value, 50699, `${name}: the input`)];
        const given = chars?.(scope);
        if (chars && isNullish(given)) return NULL_VALUE;
        const unwanted = new Set(chars ? textIn(given, 50700, `${name}: 'chars'`) : BLANKS);
        let [from, to] = [0, text.length];
        while (start && from < to && unwanted.has(text[from]!)) from++;
        while (end && to > from && unwanted.has(text[to - 1]!)) to--;
        return encodeValue(text.slice(from, to).join(''));
      };
    },
  );

const regex = (answer: (text: string, pattern: RegExp) => Value, missing: Value): Operator =>
  named(
    ['input', 'regex', 'options'],
    { notObject: 51103, unknown: 31024, missing: 31022 },
    (operands, _context, name) => {
      const input = operands.must('input');
      const pattern = operands.get('regex') ?? fail(31023, `${name} requires 'regex' parameter`);
      const options = operands.get('options');
      return (scope) => {
        const [text, found] = [input(scope), pattern(scope)];
        if (!isNullish(text) && !isText(text)) fail(51104, `${name} needs 'input' to be of type string`);
        if (isNullish(text) || isNullish(found)) return missing;
        const given = found as BsonValue;
        if (given.type !== BsonType.string && given.type !== BsonType.regex)
          fail(51105, `${name} needs 'regex' to be of type string or regex`);
        const flags = options?.(scope);
        if (flags && !isNullish(flags) && !isText(flags))
          fail(51106, `${name} needs 'options' to be of type string`);
        if (given.type === BsonType.regex && isText(flags) && flags.string() !== '') {
          const own = regexOf(given).pattern.flags.replace('u', '');
          if (own !== '')
            fail(51107, `${name}: found regex option(s) specified in both 'regex' and 'option' fields`);
        }
        const { pattern: compiled } = regexOfOptions(given, isText(flags) ? flags : undefined);
        return answer((text as BsonValue).string(), compiled);
      };
    },
  );

function described(
  text: string,
  match: RegExpMatchArray,
): { match: string; idx: number; captures: (string | null)[] } {
  const idx = [...text.slice(0, match.index)].length;
  return { match: match[0], idx, captures: match.slice(1).map((capture) => capture ?? null) };
}

const replace = (all: boolean): Operator =>
  named(
    ['input', 'find', 'replacement'],
    { notObject: 51751, unknown: 51750, missing: 51749 },
    (operands, _context, name) => {
      const input = operands.must('input');
      const find = operands.get('find') ?? fail(51748, `${name} requires 'find' to be specified`);
      const replacement =
        operands.get('replacement') ?? fail(51747, `${name} requires 'replacement' to be specified`);
      return (scope) => {
        const values = [input(scope), find(scope), replacement(scope)] as const;
        const codes = [51746, 51745, 51744] as const;
        values.forEach((value, at) => {
          if (!isNullish(value) && !isText(value))
            fail(codes[at]!, `${name} requires strings, found: ${typeName((value as BsonValue).type)}`);
        });
        if (values.some(isNullish)) return NULL_VALUE;
        const [text, wanted, instead] = values.map((value) => (value as BsonValue).string()) as [
          string,
          string,
          string,
        ];
        return encodeValue(all ? text.split(wanted).join(instead) : text.replace(wanted, () => instead));
      };
    },
  );

const length = (code: number, measure: (text: string) => number): Operator =>
  computing(1, 1, ([operand], name) => encodeValue(measure(textIn(operand, code, `${name}'s argument`))));

export const STRINGS: Readonly<Record<string, Operator>> = {
  $concat: computing(0, ANY, concat),
  $toUpper: casing(upper),
  $toLower: casing(lower),
  $strcasecmp: computing(2, 2, ([left, right]) => {
    const [a, b] = [left, right].map((operand) =>
      Buffer.from(isNullish(operand) ? '' : upper(textOf(operand as BsonValue, 16007))),
    ) as [Buffer, Buffer];
    return encodeValue(Math.sign(Buffer.compare(a, b)));
  }),
  $substr: computing(3, 3, substringBytes),
  $substrBytes: computing(3, 3, substringBytes),
  $substrCP: computing(3, 3, substringPoints),
  $strLenBytes: length(34473, (text) => Buffer.byteLength(text)),
  $strLenCP: length(34471, (text) => [...text].length),
  $indexOfBytes: indexOf(true),
  $indexOfCP: indexOf(false),
  $split: computing(2, 2, ([operand, separator]) => {
    if (isNullish(operand) || isNullish(separator)) return NULL_VALUE;
    const text = textIn(operand, 40085, "$split's first argument");
    const by = textIn(separator, 40086, "$split's second argument");
    if (by === '') fail(40087, '$split requires a non-empty separator');
    return encodeValue(text.split(by));
  }),
  $trim: trim(true, true),
  $ltrim: trim(true, false),
  $rtrim: trim(false, true),
  $regexMatch: regex((text, pattern) => encodeValue(pattern.test(text)), encodeValue(false)),
  $regexFind: regex((text, pattern) => {
    const match = pattern.exec(text);
    return match ? encodeValue(described(text, match)) : NULL_VALUE;
  }, NULL_VALUE),
  $regexFindAll: regex(
    (text, pattern) =>
      encodeValue(
        [...text.matchAll(new RegExp(pattern.source, `${pattern.flags}g`))].map((match) =>
          described(text, match),
        ),
      ),
    encodeValue([]),
  ),
  $replaceOne: replace(false),
  $replaceAll: replace(true),
};
