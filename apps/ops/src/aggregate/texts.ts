import type { FieldChange, RecordedEvent } from '#libs/platform/kernel';

const LONGEST_VALUE = 120;

/** A value on one line; a long one is cut: `--json` has it whole. */
export function valueText(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}… (${text.length} characters)`;
}

/** `/status: "placed" → "cancelled"`. */
export const changeText = ({ path, before, after }: FieldChange): string =>
  `${path || '(the whole state)'}: ${valueText(before)} → ${valueText(after)}`;

export const eventText = ({ event, revision }: RecordedEvent): string =>
  `${event.type} (revision ${revision})`;

/** Where an event is found and who caused it, for `--json`. */
export function eventJson({ event, id, stream, revision, position, recordedAt, metadata }: RecordedEvent) {
  const { at, actor, commandId, commandType, $correlationId, $causationId } = metadata;
  return {
    stream,
    revision,
    position,
    id,
    type: event.type,
    at,
    recordedAt,
    actor,
    commandId,
    commandType,
    correlationId: $correlationId,
    causationId: $causationId,
  };
}
