import type { DomainEvent, RecordedEvent } from '#libs/platform/kernel';
import type { Decoded } from './decoded.js';
import type { LoggedEvent } from './log-feed.js';
import { type AnyFold, type AnyProjection, foldFor, keysOf, type RegisteredProjection } from './registry.js';
import type { WorkingDocuments } from './working-documents.js';

/** An event that a projection cannot get past. */
export interface FoldFault {
  readonly logged: LoggedEvent;
  readonly error: unknown;
}

interface Step {
  readonly logged: LoggedEvent;
  readonly recorded: RecordedEvent<DomainEvent>;
  readonly fold: AnyFold;
  readonly keys: readonly string[];
}

/** The folds of a piece of the log, up to the first event that cannot be planned. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly fault?: FoldFault;
}

/** Which documents each event touches, so that they can be loaded at once. */
export function planFolds({ context, projection }: RegisteredProjection, decoded: readonly Decoded[]): Plan {
  const steps: Step[] = [];
  for (const item of decoded) {
    const { logged, recorded, category } = item;
    if (category.context !== context) continue;
    if (!recorded) {
      if (concerns(projection, item)) return { steps, fault: { logged, error: item.unreadable } };
      continue;
    }
    const fold = foldFor(projection, logged.type);
    if (!fold) continue;
    try {
      steps.push({ logged, recorded, fold, keys: checkedKeys(projection, recorded) });
    } catch (error) {
      return { steps, fault: { logged, error } };
    }
  }
  return { steps };
}

/** Documents as they were before a piece of the log. */
export type Base = ReadonlyMap<string, object | undefined>;

/** Runs the folds in order; an event's effects are taken whole or not at all. */
export function runFolds(
  { steps, fault }: Plan,
  documents: WorkingDocuments,
  base: Base,
): FoldFault | undefined {
  for (const { logged, recorded, fold, keys } of steps) {
    try {
      const after = keys.map((key) => fold(documents.get(key, base), recorded, key));
      for (const [index, key] of keys.entries()) documents.set(key, after[index]);
    } catch (error) {
      return { logged, error };
    }
  }
  return fault;
}

/**
 * An unreadable event of a type that the projection ignores is none of its business. A type that this software does
 * not know at all may be one that it should not ignore: that stops everything which folds this category.
 */
function concerns(projection: AnyProjection, { logged, category }: Decoded): boolean {
  if (Object.hasOwn(category.eventTypes, logged.type)) return foldFor(projection, logged.type) !== undefined;
  return Object.keys(category.eventTypes).some((type) => foldFor(projection, type) !== undefined);
}

function checkedKeys(projection: AnyProjection, recorded: RecordedEvent): readonly string[] {
  const keys = keysOf(projection, recorded);
  for (const key of keys)
    if (typeof key !== 'string' || key === '')
      throw new TypeError(
        `${projection.name} gives ${JSON.stringify(key)} as a key; a key is a non-empty text.`,
      );
  return keys;
}
