/** What a plain value would take as JSON, roughly: to bound memory, not to account for it. */
export function approximateBytes(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  let bytes = 2;
  if (Array.isArray(value)) for (const item of value) bytes += approximateBytes(item);
  else
    for (const name in value)
      bytes += name.length + 4 + approximateBytes((value as Record<string, unknown>)[name]);
  return bytes;
}
