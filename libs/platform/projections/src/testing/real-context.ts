import { jsonEvent } from '@eventstore/db-client';
import type { ContextDefinition } from '#libs/platform/kernel';
import { type TallyEvent, tallyContext } from './tallies.js';

/** The tallies under names of their own, so that specs may share a real store. */
export function realContext(suffix: string, overrides: Partial<ContextDefinition> = {}): ContextDefinition {
  return tallyContext({
    name: `tallying${suffix}`,
    database: `tidemark_spec_${suffix}`,
    categories: { [`tally${suffix}`]: { Counted: { version: 1 }, Forgotten: { version: 1 } } },
    ...overrides,
  });
}

export const stored = (event: TallyEvent, schemaVersion = 1) =>
  jsonEvent({ ...event, metadata: { schemaVersion } });

export const count = (of: string, by: number) => stored({ type: 'Counted', data: { of, by } });
export const forget = (of: string) => stored({ type: 'Forgotten', data: { of } });
