import { describe, expect, it } from '@jest/globals';
import { repeatCommands } from '#libs/platform/testing';
import type { Dice } from '#libs/testing';
import { type ProductCommand, product } from './product.js';

function anyCommand({ upTo, oneOf }: Dice): ProductCommand {
  const subject = { code: 'A', at: new Date(Date.UTC(2026, 0, 1) + upTo(1_000)).toISOString() };
  const price = { priceThousandths: upTo(3), currency: oneOf(['GBP', 'EUR']) };
  const name = oneOf(['Mug', 'Cup', ' ']);
  const commands: ProductCommand[] = [
    { type: 'RegisterProduct', ...subject, ...price, name },
    { type: 'RenameProduct', ...subject, name },
    { type: 'ChangeProductPrice', ...subject, ...price },
    // Nothing comes after it: seldom.
    ...(upTo(3) === 0 ? [{ type: 'DiscontinueProduct' as const, ...subject, reason: name }] : []),
  ];
  return oneOf(commands);
}

describe('a repeated command', () => {
  it.each([1, 2, 3, 4, 5])('records nothing, or is refused as before: seed %i', (seed) => {
    const { broken, recordedTypes } = repeatCommands(product, anyCommand, { seed, commands: 10 });
    expect(broken).toEqual([]);
    expect([...recordedTypes].sort()).toEqual([
      'ProductDiscontinued',
      'ProductPriceChanged',
      'ProductRegistered',
      'ProductRenamed',
    ]);
  });
});
