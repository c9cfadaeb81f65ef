/** Freezes plain data through and through, so that a rule which mutates its input throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (ArrayBuffer.isView(value)) return value; // cannot be frozen
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
