import { InvalidArgumentError } from 'commander';

/** A whole number from 1. */
export function countOption(text: string): number {
  const count = Number(text);
  if (!/^\d{1,15}$/.test(text) || count < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return count;
}

/** A revision or a commit position: a whole number from 0, as far as 64 bits go. */
export function placeOption(text: string): bigint {
  if (!/^\d{1,19}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0.');
  return BigInt(text);
}
