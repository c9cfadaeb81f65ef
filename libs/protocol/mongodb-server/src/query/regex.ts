import { BsonType, BsonValue } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';

/** A stored or queried regular expression. Options i, m, s and u are those of JavaScript; x is refused. */
export function regexOf(value: BsonValue): RegExp {
  const [pattern, options] = value
    .raw()
    .toString('utf8', 0, value.end - value.start - 1)
    .split('\0') as [string, string];
  return compile(pattern, options);
}

/** `$regex` with its `$options`. */
export function regexOfOptions(operand: BsonValue, options: BsonValue | undefined): RegExp {
  if (options !== undefined && options.type !== BsonType.string)
    throw new MongoError(2, '$options has to be a string');
  if (operand.type === BsonType.regex) {
    const own = regexOf(operand);
    return options === undefined ? own : compile(own.source, options.string());
  }
  if (operand.type !== BsonType.string) throw new MongoError(2, '$regex has to be a string');
  return compile(operand.string(), options?.string() ?? '');
}

function compile(pattern: string, options: string): RegExp {
  let flags = 'u';
  for (const option of new Set(options)) {
    if (option === 'i' || option === 'm' || option === 's') flags += option;
    else if (option === 'x') throw notSupported('the regular expression option x');
    else if (option !== 'u') throw new MongoError(51108, `invalid flag in regex options: ${option}`);
  }
  const inline = /^\(\?([ims]+)\)/.exec(pattern);
  const body = inline ? pattern.slice(inline[0].length) : pattern;
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
