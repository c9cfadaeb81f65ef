import type { StoredEvent } from '#libs/platform/event-store';
import { jsonLine, jsonText } from '../json.js';

/** What `streams read|tail --json` prints, a line an event; `data` and `metadata` after redaction. */
export interface ShownEvent {
  readonly stream: string;
  readonly revision: number;
  /** Commit position, decimal text: the consistency token of the APIs. */
  readonly position: string;
  readonly id: string;
  readonly type: string;
  /** ISO 8601 UTC: when the store recorded it. The command's own time is `metadata.at`. */
  readonly recordedAt: string;
  readonly data: unknown;
  readonly metadata: unknown;
}

/** Hides personal data of an event; what it cannot judge it hides whole. */
export type Redaction = (event: StoredEvent) => { readonly data: unknown; readonly metadata: unknown };

export const showAll: Redaction = ({ data, metadata }) => ({
  data: readable(data),
  metadata: readable(metadata ?? null),
});

/** Content that is not JSON reaches us as bytes. */
const readable = (content: unknown): unknown =>
  content instanceof Uint8Array ? Buffer.from(content).toString('base64') : content;

export function shownEvent(event: StoredEvent, redaction: Redaction): ShownEvent {
  const { stream, revision, position, id, type, recordedAt } = event;
  return {
    stream,
    revision: Number(revision),
    position: String(position),
    id,
    type,
    recordedAt,
    ...redaction(event),
  };
}

export const eventAsJson = (event: ShownEvent): string => jsonLine(event);

export function eventAsText({ stream, revision, type, recordedAt, data }: ShownEvent): string {
  return `${stream}@${revision}  ${type}  ${recordedAt}\n${jsonText(data).replaceAll(/^/gm, '  ')}`;
}
