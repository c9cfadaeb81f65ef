import { describe, expect, it } from '@jest/globals';
import { dice } from '#libs/testing';
import { fieldName } from './field-name.js';

describe('the name of a field', () => {
  it('is what its bytes say, whatever was asked before', () => {
    const { upTo } = dice(7);
    for (let round = 0; round < 20_000; round++) {
      const bytes = Buffer.from(
        Array.from({ length: upTo(45) }, () => (upTo(9) === 0 ? upTo(256) : 97 + upTo(3))),
      );
      const start = upTo(bytes.length + 1);
      expect(fieldName(bytes, start, bytes.length)).toBe(bytes.toString('utf8', start));
    }
    for (const name of ['', 'ä', '€uro', '𝄞', '\u00e4\u00e4', '_id', '$set'])
      for (let again = 0; again < 2; again++) {
        const bytes = Buffer.from(name);
        expect(fieldName(bytes, 0, bytes.length)).toBe(name);
      }
  });
});
