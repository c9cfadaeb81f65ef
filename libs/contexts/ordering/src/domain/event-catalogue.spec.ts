import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { sourceFolder } from '#libs/platform/testing';
import { creditNoteAggregate, creditNoteEventTypes } from './credit-note.js';
import { orderAggregate } from './order-aggregate.js';
import { orderEventTypes } from './order-events.js';

const here = sourceFolder(import.meta.url, 'fixtures');
const catalogue = readFileSync(`${here}../../../../../../docs/reference/events-ordering.md`, 'utf8');
const CONTENT = 'customerId country currency lines charges address';

/** The rows of a table that begin with a name in backticks, as lists of their cells. */
const rows = (heading: string) =>
  (catalogue.split(`\n| ${heading} |`)[1]?.split('\n\n')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
const words = (cell = '') => cell.match(/\w+/g) ?? [];

it('lists every event with its version and its fields', () => {
  const listed = rows('Event').map(([, event = '', version, , data = '']) => [
    event.replaceAll('`', ''),
    Number(version),
    words(data.replace('*content*', CONTENT)).sort(),
  ]);
  const stored = Object.entries({ ...orderEventTypes, ...creditNoteEventTypes }).map(
    ([type, { version }]) => [
      type,
      version,
      Object.keys(JSON.parse(readFileSync(`${here}${type}.v${version}.json`, 'utf8'))).sort(),
    ],
  );
  expect(listed).toEqual(stored);
});

it('lists every command with what a concurrent change means for it', () => {
  const listed = rows('Command').map(([, command = '', , , policy = '']) => [
    command.replaceAll('`', ''),
    words(policy)[0],
  ]);
  expect(Object.fromEntries(listed)).toEqual({
    ...orderAggregate.conflicts,
    ...creditNoteAggregate.conflicts,
  });
});
