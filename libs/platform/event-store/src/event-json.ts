import type { NewEvent } from './event-streams.js';

/** An event whose data or metadata is no JSON, so that it cannot be stored. */
export class EventNotJsonError extends TypeError {
  override readonly name = 'EventNotJsonError';
}

/**
 * The JSON of one part of an event.
 * @throws EventNotJsonError naming the event and the field: a bigint, a circle, or nothing that JSON knows.
 */
export function eventJson(event: NewEvent, part: 'data' | 'metadata'): string {
  let cause: unknown;
  try {
    const text = JSON.stringify(event[part]) as string | undefined;
    if (text !== undefined) return text;
  } catch (error) {
    cause = error;
  }
  const field = bigintIn(event[part], part);
  const why = field
    ? `${field} is a bigint: store it as a number or as text`
    : `${part} is no JSON${cause instanceof Error ? `: ${cause.message}` : ''}`;
  throw new EventNotJsonError(`${event.type} cannot be stored: ${why}.`, { cause });
}

/** The path of the first bigint: `data.lines[0].quantity`. */
function bigintIn(value: unknown, path: string, seen = new Set<unknown>()): string | undefined {
  if (typeof value === 'bigint') return path;
  if (typeof value !== 'object' || value === null || seen.has(value)) return undefined;
  seen.add(value);
  for (const [name, each] of Object.entries(value)) {
    const found = bigintIn(each, Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`, seen);
    if (found) return found;
  }
  return undefined;
}
