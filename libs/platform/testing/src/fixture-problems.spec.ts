import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fixtureProblems, sourceFolder } from './fixture-problems.js';

const eventTypes = {
  Paid: {
    version: 2,
    upcasters: [(data: unknown) => ({ cents: (data as { pounds: number }).pounds * 100 })],
  },
  Refunded: { version: 1 },
};

describe('fixtureProblems', () => {
  let folder: string;
  const write = (name: string, data: unknown) => writeFileSync(join(folder, name), JSON.stringify(data));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fixtures-'));
    write('Paid.v1.json', { pounds: 2 });
    write('Paid.v1.today.json', { cents: 200 });
    write('Paid.v2.json', { cents: 5 });
    write('Refunded.v1.json', {});
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('finds none in a whole set', () => expect(fixtureProblems(folder, eventTypes)).toEqual([]));

  it('names what is missing and what belongs to nothing', () => {
    rmSync(join(folder, 'Paid.v1.today.json'));
    rmSync(join(folder, 'Refunded.v1.json'));
    write('Refunded.v2.json', {});
    expect(fixtureProblems(folder, eventTypes)).toEqual([
      'Paid.v1.today.json is missing.',
      'Refunded.v1.json is missing.',
      'Refunded.v2.json belongs to no version of a declared type.',
    ]);
  });

  it('shows what is lifted to something else, or not at all', () => {
    write('Paid.v1.today.json', { cents: 201 });
    expect(fixtureProblems(folder, eventTypes)).toEqual(['Paid.v1.json is lifted to {"cents":200}.']);
    write('Paid.v1.json', null);
    expect(fixtureProblems(folder, eventTypes)).toEqual([
      expect.stringContaining('lifting it from schema version 1 to 2 failed'),
    ]);
  });
});

it('finds the sources of a compiled spec', () =>
  expect(sourceFolder('file:///a/dist/libs/x/y.spec.js', 'fixtures')).toBe('/a/libs/x/fixtures/'));
