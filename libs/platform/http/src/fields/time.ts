import { Transform } from 'class-transformer';
import { type FieldOptions, field } from './field.js';

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

const isTimestamp = (value: unknown): value is string =>
  typeof value === 'string' && TIMESTAMP.test(value) && isReal(value);
const isDay = (value: unknown): value is string =>
  typeof value === 'string' && DAY.test(value) && isReal(`${value}T00:00:00Z`);

/** 30 February parses, as 2 March: a time is real when it says the same day and hour after parsing. */
function isReal(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.slice(0, 19));
}

export interface TimestampOptions extends FieldOptions {
  /** A calendar day such as `2026-03-01` is accepted too, and left as it is. */
  readonly orDay?: boolean;
}

/** ISO 8601 in UTC; arrives with milliseconds whether they were sent or not: `2026-03-01T10:00:00.000Z`. */
export function Timestamp(options: TimestampOptions = {}): PropertyDecorator {
  const { orDay = false } = options;
  return field(
    {
      name: 'timestamp',
      message: `must be a time in UTC such as "2026-03-01T10:00:00.000Z"${orDay ? ' or a day such as "2026-03-01"' : ''}`,
      accepts: (value) => isTimestamp(value) || (orDay && isDay(value)),
    },
    { type: String, ...(orDay ? {} : { format: 'date-time' }) },
    { example: '2026-03-01T10:00:00.000Z', ...options },
    Transform(({ value }) => (isTimestamp(value) ? new Date(value).toISOString() : value)),
  );
}

/** A calendar day: `2026-03-01`. */
export const Day = (options: FieldOptions = {}): PropertyDecorator =>
  field(
    { name: 'day', message: 'must be a day such as "2026-03-01"', accepts: isDay },
    { type: String, format: 'date' },
    { example: '2026-03-01', ...options },
  );
