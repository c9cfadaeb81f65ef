import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { fixtureProblems, sourceFolder } from '#libs/platform/testing';
import { creditNoteEventTypes } from './credit-note.js';
import { orderEventTypes } from './order-events.js';
import {
  cancelled,
  confirmed,
  delivered,
  draftCancelled,
  drafted,
  placed,
  shippedInPart,
} from './order-examples.js';

const folder = sourceFolder(import.meta.url, 'fixtures');

it('reads every stored shape of orders and credit notes', () =>
  expect(fixtureProblems(folder, { ...orderEventTypes, ...creditNoteEventTypes })).toEqual([]));

it.each([drafted, placed, confirmed, shippedInPart, delivered, cancelled, draftCancelled])(
  'records the shape that the fixture of today holds: $type',
  ({ type, data }) => {
    const today = readFileSync(`${folder}${type}.v${orderEventTypes[type].version}.json`, 'utf8');
    expect(data).toEqual(JSON.parse(today));
  },
);
