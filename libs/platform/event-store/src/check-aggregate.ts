import type { Aggregate, EventType, EventTypes } from '#libs/platform/kernel';

/** @throws TypeError an upcaster chain that does not lead from version 1 to today's. */
export function checkEventTypes(eventTypes: EventTypes): void {
  for (const [type, { version, upcasters = [] }] of Object.entries<EventType>(eventTypes)) {
    if (!Number.isSafeInteger(version) || version < 1)
      throw new TypeError(`${type}: version is ${version}; schema versions are whole numbers from 1.`);
    if (upcasters.length !== version - 1)
      throw new TypeError(
        `${type}: version ${version} needs ${version - 1} upcasters (1 to 2, and so on), it has ${upcasters.length}.`,
      );
  }
}

/** @throws TypeError a declaration that could not be stored or read back. */
export function checkAggregate({
  category,
  eventTypes,
}: Pick<Aggregate<unknown, never, never>, 'category' | 'eventTypes'>) {
  if (!/^[^\s$-][^\s-]*$/.test(category))
    throw new TypeError(
      `The stream category "${category}" must be one word without a dash, not starting with "$".`,
    );
  checkEventTypes(eventTypes);
}
