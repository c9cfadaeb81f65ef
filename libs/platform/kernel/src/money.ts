/**
 * Exact amounts: `amount` counts units of 10^-scale of the currency. Never a float: 2.55 GBP is
 * `{ amount: 255, scale: 2, currency: 'GBP' }`. Amounts stay safe integers; beyond that an operation throws.
 */
export interface Money {
  readonly amount: number;
  readonly scale: number;
  /** ISO 4217, three capital letters. */
  readonly currency: string;
}

export class MoneyError extends Error {
  override readonly name = 'MoneyError';
}

const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d{1,6}))?$/;

/**
 * Reads a decimal text such as `2.55` at the given scale, without rounding.
 * @throws MoneyError not a decimal, more decimals than `scale`, or too large to be exact.
 */
export function parseAmount(text: string, scale: number): number {
  const match = DECIMAL.exec(text);
  if (!match) throw new MoneyError(`"${text}" is not a decimal number such as "2.55".`);
  const [, sign, whole, fraction = ''] = match;
  if (fraction.length > scale && /[1-9]/.test(fraction.slice(scale)))
    throw new MoneyError(`"${text}" has more than ${scale} decimals.`);
  const amount = exact(Number(`${whole}${fraction.slice(0, scale).padEnd(scale, '0')}`));
  return sign && amount !== 0 ? -amount : amount;
}

/** Writes an amount with at least two decimals (fewer if its scale has fewer): 2550 at scale 3 is `2.55`. */
export function formatAmount(amount: number, scale: number): string {
  const digits = String(Math.abs(amount)).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const least = Math.min(2, scale);
  let fraction = scale === 0 ? '' : digits.slice(-scale);
  while (fraction.length > least && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
  return `${amount < 0 ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`;
}

/** `quantity` is a whole number of units. @throws MoneyError beyond exact integers. */
export const times = (amount: number, quantity: number): number => exact(amount * quantity);

/** @throws MoneyError beyond exact integers. */
export const plus = (a: number, b: number): number => exact(a + b);

/** @throws MoneyError when currencies differ: nothing is summed across currencies. */
export function addMoney(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new MoneyError(`${a.currency} and ${b.currency} cannot be added.`);
  const scale = Math.max(a.scale, b.scale);
  return { amount: plus(rescale(a, scale), rescale(b, scale)), scale, currency: a.currency };
}

function rescale({ amount, scale }: Money, to: number): number {
  return times(amount, 10 ** (to - scale));
}

function exact(amount: number): number {
  if (!Number.isSafeInteger(amount)) throw new MoneyError('The amount is too large to be exact.');
  return amount;
}
