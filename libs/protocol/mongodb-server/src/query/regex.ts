import { BsonType, BsonValue } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import type { RegexTest } from './filter.js';

/** A stored or queried regular expression. Options i, m, s and u are those of JavaScript; x is taken out before. */
export function regexOf(value: BsonValue): RegexTest {
  return { op: 'regex', pattern: compile(...partsOf(value)), literal: value };
}

function testOf(pattern: string, options: string): RegexTest {
  const sorted = [...options].sort().join('');
  const bytes = Buffer.from(`${pattern}\0${sorted}\0`);
  const literal = new BsonValue(BsonType.regex, bytes, 0, bytes.length);
  return { op: 'regex', pattern: compile(pattern, options), literal };
}

function partsOf(value: BsonValue): [pattern: string, options: string] {
  return value
    .raw()
    .toString('utf8', 0, value.end - value.start - 1)
    .split('\0') as [string, string];
}

/** Option x: blanks and comments outside of classes say nothing (PCRE2: PCRE2_EXTENDED). */
function withoutBlanks(pattern: string): string {
  return pattern.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\s+|#[^\n]*/gs, (part) =>
    /^(\s|#)/.test(part) ? '' : part,
  );
}

/** `$regex` with its `$options`. */
export function regexOfOptions(operand: BsonValue, options: BsonValue | undefined): RegexTest {
  if (options !== undefined && options.type !== BsonType.string)
    throw new MongoError(2, '$options has to be a string');
  if (operand.type === BsonType.regex) {
    const [pattern, flags] = partsOf(operand);
    if (options !== undefined && flags !== '')
      throw new MongoError(51075, 'options set in both $regex and $options');
    return testOf(pattern, options?.string() ?? flags);
  }
  if (operand.type !== BsonType.string) throw new MongoError(2, '$regex has to be a string');
  return testOf(operand.string(), options?.string() ?? '');
}

function compile(pattern: string, options: string): RegExp {
  let flags = 'u';
  for (const option of new Set(options)) {
    if (option === 'i' || option === 'm' || option === 's') flags += option;
    else if (option === 'x') continue;
    else if (option !== 'u') throw new MongoError(51108, `invalid flag in regex options: ${option}`);
  }
  const inline = /^\(\?([ims]+)\)/.exec(pattern);
  const written = inline ? pattern.slice(inline[0].length) : pattern;
  const body = options.includes('x') ? withoutBlanks(written) : written;
  for (const option of inline?.[1] ?? '') if (!flags.includes(option)) flags += option;
  if (/\(\?[+>|(PRimsx-]|\\[AzZGKQEhHRX]|[*+?}]\+/.test(body)) {
    throw notSupported(`the regular expression /${pattern}/ (a construct of PCRE)`);
  }
  try {
    return new RegExp(body, flags);
  } catch {
    return compileLoosely(body, flags);
  }
}

/** Escapes that PCRE allows and Unicode mode does not, such as `\-`. */
function compileLoosely(body: string, flags: string): RegExp {
  try {
    return new RegExp(body, flags.replace('u', ''));
  } catch (error) {
    throw new MongoError(51091, `Regular expression is invalid: ${(error as Error).message}`);
  }
}
