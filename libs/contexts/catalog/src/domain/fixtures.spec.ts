import { describe, expect, it } from '@jest/globals';
import { fixtureProblems, sourceFolder } from '#libs/platform/testing';
import { productEventTypes } from './product-events.js';

describe('stored product events', () => {
  it('are read as they were stored', () =>
    expect(fixtureProblems(sourceFolder(import.meta.url, 'fixtures'), productEventTypes)).toEqual([]));
});
