import { fail } from './scope.js';

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/** Milliseconds of an ISO 8601 date; others that MongoDB would read are refused. @throws MongoError 241, 238 */
export function parseDate(text: string): number {
  const match = ISO.exec(text);
  if (!match) {
    if (!/\d/.test(text)) fail(241, `Error parsing date string '${text}'`);
    return fail(238, `reading the date '${text}' (not ISO 8601) is not supported by the embedded server`);
  }
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const millis = Math.trunc(Number(`0.${fraction || '0'}`) * 1000);
  const parts = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [y, mo, d, h, mi, s] = parts;
  const time = Date.UTC(y, mo - 1, d, h, mi, s, millis);
  const isReal =
    new Date(Date.UTC(y, mo - 1, d)).getUTCDate() === d && mo >= 1 && mo <= 12 && h < 24 && mi < 60 && s < 60;
  if (!isReal) fail(241, `Error parsing date string '${text}'`);
  return time - offsetMinutes(zone) * 60_000;
}

/** Of `Z`, `+02:00`, `+0200`, `+02`. */
export function offsetMinutes(zone: string): number {
  if (/^z$/i.test(zone)) return 0;
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) as unknown as [
    string,
    string,
    string,
    string?,
  ];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
