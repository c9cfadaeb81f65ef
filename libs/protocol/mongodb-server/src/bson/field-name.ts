const LONGEST = 40;
const SLOTS = 4_096;
const known: (string | undefined)[] = new Array(SLOTS);

/**
 * The name of a field. The same few names come again and again, and to make a string of bytes is a call out of
 * JavaScript: ASCII names are kept, by a hash of their bytes.
 */
export function fieldName(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length > LONGEST) return bytes.toString('utf8', start, end);
  let hash = length;
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
  const slot = hash & (SLOTS - 1);
  const candidate = known[slot];
  if (candidate !== undefined && isNamed(candidate, bytes, start, length)) return candidate;
  const name = bytes.toString('utf8', start, end);
  if (name.length === length) known[slot] = name;
  return name;
}

/** A name with as many characters as bytes is ASCII (or holds replacement characters, which equal no byte). */
function isNamed(name: string, bytes: Buffer, start: number, length: number): boolean {
  if (name.length !== length) return false;
  for (let i = 0; i < length; i++) if (name.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
