import type { Changes } from './customer-events.js';

/** A field and the command time at which it got its value; null is a field taken away. */
export interface Timed {
  readonly value: string | null;
  /** ISO 8601 UTC with milliseconds, so that text order is time order. */
  readonly setAt: string;
}

export type TimedFields<Field extends string> = { readonly [F in Field]?: Timed };

/**
 * What a command from `at` still changes: fields that differ and were not set by a later command. At the same
 * time the one that arrives later wins. A field set to the value it has keeps its time.
 */
export function winning<Field extends string>(
  fields: TimedFields<Field>,
  changes: Changes<Field>,
  at: string,
): Changes<Field> {
  const wins = entries(changes).filter(([field, value]) => {
    const current = fields[field];
    return current ? current.setAt <= at && current.value !== value : value !== null;
  });
  return Object.fromEntries(wins) as Changes<Field>;
}

/** The fields after `changes` were recorded at `at`. */
export function settled<Field extends string>(
  fields: TimedFields<Field>,
  changes: Changes<Field>,
  at: string,
): TimedFields<Field> {
  const set = entries(changes).map(([field, value]): [Field, Timed] => [field, { value, setAt: at }]);
  return { ...fields, ...(Object.fromEntries(set) as TimedFields<Field>) };
}

/** Fields that are undefined are as good as left out. */
function entries<Field extends string>(changes: Changes<Field>): [Field, string | null][] {
  return (Object.entries(changes) as [Field, string | null | undefined][]).filter(
    (entry): entry is [Field, string | null] => entry[1] !== undefined,
  );
}
