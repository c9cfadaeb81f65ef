import type { ContextDefinition, Projection } from '#libs/platform/kernel';

/** Projections that are wrong as soon as an event is folded twice or not at all: for specs. */
export type TallyEvent =
  | { readonly type: 'Counted'; readonly data: { readonly of: string; readonly by: number } }
  | { readonly type: 'Forgotten'; readonly data: { readonly of: string } };

export interface Tally {
  readonly events: number;
  readonly sum: number;
}

const add = (tally: Tally | undefined, by: number): Tally => ({
  events: (tally?.events ?? 0) + 1,
  sum: (tally?.sum ?? 0) + by,
});

/** A document a name; forgetting removes it. */
export const tallies: Projection<Tally, TallyEvent> = {
  name: 'tallies',
  version: 1,
  indexes: [{ name: 'by-sum', key: { sum: -1, _id: 1 } }],
  key: ({ event }) => event.data.of,
  on: { Counted: (tally, { event }) => add(tally, event.data.by), Forgotten: () => undefined },
};

/** One document that every event touches. */
export const total: Projection<Tally, TallyEvent> = {
  name: 'total',
  version: 1,
  key: () => 'all',
  on: { Counted: (tally, { event }) => add(tally, event.data.by) },
};

export function tallyContext(overrides: Partial<ContextDefinition> = {}): ContextDefinition {
  return {
    name: 'tallying',
    database: 'tidemark_tallying',
    categories: { tally: { Counted: { version: 1 }, Forgotten: { version: 1 } } },
    projections: [tallies, total],
    ...overrides,
  };
}

export const counted = (of: string, by: number) => ({
  stream: `tally-${of}`,
  type: 'Counted',
  data: { of, by },
});
export const forgotten = (of: string) => ({ stream: `tally-${of}`, type: 'Forgotten', data: { of } });
