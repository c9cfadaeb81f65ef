/** A member of the outermost object of a JSON text, as it is written there. */
export interface JsonMember {
  readonly key: string;
  /** Where its value starts and ends in the text. */
  readonly start: number;
  readonly end: number;
}

/**
 * The members of the outermost object, in order; `json` must be the text of an object that `JSON.parse` takes. For
 * what parsing loses: the digits of integers beyond 2^53, and whether a number was written as an integer.
 */
export function* jsonMembers(json: string): Generator<JsonMember> {
  for (let at = json.indexOf('{') + 1; ; ) {
    const quote = json.indexOf('"', at);
    if (quote === -1) return;
    const keyEnd = endOfString(json, quote);
    const start = skipSpace(json, json.indexOf(':', keyEnd) + 1);
    const end = endOfValue(json, start);
    yield { key: JSON.parse(json.slice(quote, keyEnd)) as string, start, end };
    at = end;
  }
}

const SPACE = /\s*/y;

function skipSpace(json: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.test(json);
  return SPACE.lastIndex;
}

/** `at` is the opening quote; gives what is behind the closing one. */
function endOfString(json: string, at: number): number {
  for (let index = at + 1; ; index++)
    if (json[index] === '\\') index++;
    else if (json[index] === '"') return index + 1;
}

function endOfValue(json: string, start: number): number {
  let depth = 0;
  for (let at = start; ; ) {
    const character = json[at] as string;
    if (character === '"') at = endOfString(json, at);
    else if (depth === 0 && (character === ',' || character === '}'))
      return start + json.slice(start, at).trimEnd().length;
    else {
      if (character === '{' || character === '[') depth++;
      else if (character === '}' || character === ']') depth--;
      at++;
    }
  }
}
