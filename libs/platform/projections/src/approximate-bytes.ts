/** Elements of a long array that are measured, evenly spread: they are mostly alike. */
const SAMPLES = 8;

/** What a plain value would take as JSON, roughly: to bound memory, not to account for it. */
export function approximateBytes(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  if (Array.isArray(value)) return 2 + ofElements(value);
  if (ArrayBuffer.isView(value)) return value.byteLength;
  let bytes = 2;
  for (const name in value)
    bytes += name.length + 4 + approximateBytes((value as Record<string, unknown>)[name]);
  return bytes;
}

function ofElements(elements: readonly unknown[]): number {
  const { length } = elements;
  let bytes = 0;
  if (length <= SAMPLES * 2) {
    for (const element of elements) bytes += approximateBytes(element);
    return bytes;
  }
  for (let sample = 0; sample < SAMPLES; sample++)
    bytes += approximateBytes(elements[Math.floor((sample * length) / SAMPLES)]);
  return Math.ceil((bytes * length) / SAMPLES);
}
