import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { checkEventTypes, decodeEvent } from '#libs/platform/event-store';
import type { DomainEvent, EventType, EventTypes } from '#libs/platform/kernel';

/** The folder `name` beside the source of a compiled spec: `sourceFolder(import.meta.url, 'fixtures')`. */
export function sourceFolder(specUrl: string, name: string): string {
  return fileURLToPath(new URL(`${name}/`, specUrl.replace('/dist/', '/')));
}

/**
 * Reads every stored shape of a context through its upcasters: `expect(fixtureProblems(folder, types)).toEqual([])`.
 * `<Type>.v<n>.json` holds the data of one event as version n stored it; for each version before today's,
 * `<Type>.v<n>.today.json` holds what it must be lifted to. Every version of every type needs its files.
 * @returns what is missing, unexpected or lifted wrongly, a sentence each.
 */
export function fixtureProblems<Event extends DomainEvent>(
  folder: string,
  eventTypes: EventTypes<Event>,
): string[] {
  checkEventTypes(eventTypes);
  const expected = new Set<string>();
  const problems: string[] = [];
  for (const [type, { version: today }] of Object.entries<EventType>(eventTypes))
    for (let version = 1; version <= today; version++) {
      const names = [
        `${type}.v${version}.json`,
        ...(version < today ? [`${type}.v${version}.today.json`] : []),
      ];
      for (const name of names) expected.add(name);
      const missing = names.filter((name) => !existsSync(join(folder, name)));
      if (missing.length > 0) problems.push(...missing.map((name) => `${name} is missing.`));
      else problems.push(...problemsOf(folder, eventTypes, type, version, names));
    }
  const unexpected = readdirSync(folder).filter((name) => name.endsWith('.json') && !expected.has(name));
  return [...problems, ...unexpected.map((name) => `${name} belongs to no version of a declared type.`)];
}

function problemsOf<Event extends DomainEvent>(
  folder: string,
  eventTypes: EventTypes<Event>,
  type: string,
  schemaVersion: number,
  names: readonly string[],
): string[] {
  const [data, today = data] = names.map(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown,
  );
  const place = {
    stream: 'fixture-1',
    revision: 0n,
    position: 0n,
    id: type,
    recordedAt: '2026-03-01T10:00:00.000Z',
  };
  try {
    const { event } = decodeEvent(eventTypes, { ...place, type, data, metadata: { schemaVersion } });
    return isDeepStrictEqual(event.data, today)
      ? []
      : [`${names[0]} is lifted to ${JSON.stringify(event.data)}.`];
  } catch (error) {
    return [`${names[0]}: ${(error as Error).message}`];
  }
}
