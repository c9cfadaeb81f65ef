import { CONTEXTS } from '#libs/contexts';
import { decodeEvent, REDACTED, redact, UnreadableEventError } from '#libs/platform/event-store';
import type { EventMetadata, EventTypes } from '#libs/platform/kernel';
import { type Redaction, showAll } from './shown-event.js';

const EVENT_TYPES: Readonly<Record<string, EventTypes>> = Object.assign(
  {},
  ...CONTEXTS.map(({ categories }) => categories),
);

/**
 * Blanks what the event types declare as personal, in today's shape of the event. What this program does not know
 * (another system's streams, an unknown type, a later version) may hold anything, and is hidden whole.
 */
export const redaction: Redaction = (event) => {
  if (event.stream.startsWith('$')) return showAll(event);
  const [category = ''] = event.stream.split('-', 1);
  const eventTypes = Object.hasOwn(EVENT_TYPES, category) ? EVENT_TYPES[category] : undefined;
  if (!eventTypes) return hidden();
  try {
    const { event: today, metadata } = decodeEvent(eventTypes, event);
    return { data: redact(eventTypes, today).data, metadata: withoutInput(metadata) };
  } catch (error) {
    if (error instanceof UnreadableEventError) return hidden();
    throw error;
  }
};

/** The command as it was sent has no declared shape. */
const withoutInput = ({ input, ...metadata }: EventMetadata) =>
  input === undefined ? metadata : { ...metadata, input: REDACTED };

const hidden = () => ({ data: REDACTED, metadata: REDACTED });
