/** What a plain value takes in memory, roughly: for bounds, not for accounts. */
export function approximateBytes(value: unknown): number {
  if (typeof value === 'string') return 24 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = 32;
  for (const part of Object.values(value)) bytes += 8 + approximateBytes(part);
  return bytes;
}
