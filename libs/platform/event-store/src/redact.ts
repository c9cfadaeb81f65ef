import type { DomainEvent, EventTypes } from '#libs/platform/kernel';
import { typeNamed } from './decode-event.js';

export const REDACTED = '[redacted]';

/** A copy for logs, with the fields that its type declares as personal blanked. Lists and shape stay visible. */
export function redact<Event extends DomainEvent>(eventTypes: EventTypes<Event>, event: Event): DomainEvent {
  const personal = typeNamed(eventTypes, event.type)?.personal ?? [];
  const data = personal.reduce<unknown>((value, path) => blank(value, path.split('.')), event.data);
  return { type: event.type, data: data as object };
}

function blank(value: unknown, [head, ...rest]: readonly string[]): unknown {
  if (value === undefined || value === null) return value;
  if (head === undefined) return REDACTED;
  if (typeof value !== 'object') return value;
  if (Array.isArray(value))
    return value.map((item, index) => (matches(head, `${index}`) ? blank(item, rest) : item));
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    matches(head, key) ? blank(item, rest) : item,
  ]);
  return Object.fromEntries(entries);
}

const matches = (pattern: string, key: string) => pattern === '*' || pattern === key;
