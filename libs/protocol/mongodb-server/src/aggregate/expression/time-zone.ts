import { offsetMinutes } from './date-text.js';
import { fail } from './scope.js';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes to add to UTC for the wall clock of a zone at a moment: an offset, `UTC`, or an Olson name. @throws MongoError 40485 */
export function zoneOffset(zone: string | undefined, millis: number): number {
  if (zone === undefined || /^(UTC|GMT|Z)$/i.test(zone)) return 0;
  if (/^[+-]\d{2}(:?\d{2})?$/.test(zone)) return offsetMinutes(zone);
  const wall = wallClock(zone, millis);
  return Math.round((wall - Math.floor(millis / 1000) * 1000) / 60_000);
}

function wallClock(zone: string, millis: number): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(millis)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year, month, day, hour, minute, second } = parts;
  return Date.UTC(year!, month! - 1, day, hour! % 24, minute, second);
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  try {
    const numeric = 'numeric';
    const made = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    });
    formats.set(zone, made);
    return made;
  } catch {
    return fail(40485, `unrecognized time zone identifier: "${zone}"`);
  }
}

/** UTC milliseconds of a wall clock reading in a zone. */
export function fromWallClock(zone: string | undefined, wall: number): number {
  const guess = wall - zoneOffset(zone, wall) * 60_000;
  return wall - zoneOffset(zone, guess) * 60_000;
}
