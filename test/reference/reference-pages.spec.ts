import 'reflect-metadata';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ERROR_SECTIONS, referencePages } from './reference-pages.js';

describe('docs/reference', () => {
  it.each(Object.entries(referencePages()))(
    '%s says what the code says (node tools/reference-docs.mjs)',
    (name, page) => expect(readFileSync(`docs/reference/${name}`, 'utf8')).toBe(page),
  );
});

describe('the error tables', () => {
  const errors = ERROR_SECTIONS.flatMap((section) => section.errors);

  it('use no code twice', () => {
    const codes = errors.map(({ code }) => code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  it.each(errors.map((error) => [error.code, error] as const))(
    '%s is a code with a sentence',
    (code, { message, status }) => {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)+$|^[A-Z]+$/);
      expect(message).toMatch(/^[A-Z].*\.$/);
      expect(status).toBeGreaterThanOrEqual(400);
    },
  );

  it.each(ERROR_SECTIONS.map(({ source }) => source))('%s is there', (source) =>
    expect(existsSync(source)).toBe(true),
  );
});
