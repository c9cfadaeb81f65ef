import { expect, it } from '@jest/globals';
import { derivedId, newId } from './ids.js';

const NAMESPACE = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

it('makes ids that sort by the time they were made', () => {
  const ids = Array.from({ length: 100 }, newId);
  expect(new Set(ids).size).toBe(100);
  expect([...ids].sort()).toEqual(ids);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

// The example of RFC 9562, appendix A.4.
it('derives the same id from the same name', () =>
  expect(derivedId('www.example.com', NAMESPACE)).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2'));
