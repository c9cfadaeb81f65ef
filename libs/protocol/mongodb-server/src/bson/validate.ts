import { MongoError } from '../errors.js';
import { sizeOfValue } from './value.js';

/** Nesting that MongoDB accepts in a stored document (`maxBSONDepth` is 200; documents of users stop at 180). */
const MAX_DEPTH = 180;

function invalid(reason: string): MongoError {
  return new MongoError(22, `invalid BSON: ${reason}`);
}

/**
 * Checks every length, terminator and type of the document at `start`, so that later readers need not.
 * @param limit offset that the document must not pass.
 * @returns the offset after the document.
 * @throws MongoError 22 InvalidBSON, or 15 for nesting beyond 180.
 */
export function validateDocument(bytes: Buffer, start: number, limit: number, depth = 0): number {
  if (depth > MAX_DEPTH) throw new MongoError(15, `a document is nested deeper than ${MAX_DEPTH}`);
  if (start + 5 > limit) throw invalid('a document is cut off');
  const end = start + bytes.readInt32LE(start);
  if (end < start + 5 || end > limit) throw invalid('a document lies about its length');
  if (bytes[end - 1] !== 0) throw invalid('a document does not end in a zero byte');
  let at = start + 4;
  while (at < end - 1) {
    const type = bytes[at] as number;
    let nameEnd = at + 1;
    while (nameEnd < end && bytes[nameEnd] !== 0) nameEnd++;
    const valueStart = nameEnd + 1;
    if (valueStart > end - 1 && sizeless(type) === false) throw invalid('a field is cut off');
    at = endOfValue(bytes, type, valueStart, end - 1, depth);
  }
  if (at !== end - 1) throw invalid('a field runs over the end of its document');
  return end;
}

function sizeless(type: number): boolean {
  return type === 6 || type === 10 || type === 127 || type === 255;
}

function endOfValue(bytes: Buffer, type: number, start: number, limit: number, depth: number): number {
  if (type === 3 || type === 4) return validateDocument(bytes, start, limit, depth + 1);
  const hasLength = type === 2 || type === 5 || type === 12 || type === 13 || type === 14 || type === 15;
  if (hasLength) {
    if (start + 4 > limit) throw invalid('a value is cut off');
    const length = bytes.readInt32LE(start);
    if (length < (type === 5 ? 0 : type === 15 ? 14 : 1)) throw invalid('a value has an impossible length');
  }
  const end = start + sizeOfValue(bytes, type, start);
  if (end > limit) throw invalid('a value runs over the end of its document');
  const isText = type === 2 || type === 13 || type === 14;
  if (isText && bytes[end - 1] !== 0) throw invalid('a string does not end in a zero byte');
  return end;
}
