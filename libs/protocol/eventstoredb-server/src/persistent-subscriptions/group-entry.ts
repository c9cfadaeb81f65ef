import type { FilterSettings, GroupSettings } from './group-settings.js';

/** One group as its creator wants it; what the configuration stream keeps. */
export interface GroupEntry {
  /** A stream, or `$all`. */
  readonly source: string;
  readonly name: string;
  readonly settings: GroupSettings;
  readonly filter?: FilterSettings;
  /**
   * Where the end was when it was asked to start there: a revision or position. EventStoreDB does not keep it, so
   * that a restart before the first checkpoint loses what came between.
   */
  readonly endAtCreation: number;
}

/** How the group is called in stream names, and to its consumers. */
export function keyOf({ source, name }: Pick<GroupEntry, 'source' | 'name'>): string {
  return `${source}::${name}`;
}

/** The number of the first event to deliver when there is no checkpoint. */
export function firstNumberOf({ settings, endAtCreation }: GroupEntry): number {
  const { startFrom } = settings;
  return startFrom === 'end' ? endAtCreation : Math.min(Number(startFrom), Number.MAX_SAFE_INTEGER);
}
