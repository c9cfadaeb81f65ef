import { NULL_VALUE } from '../../bson/compare.js';
import { encodeValue } from '../../bson/encode.js';
import { BsonType, type BsonValue, typeName } from '../../bson/value.js';
import { dateOf, millisOf } from './arithmetic.js';
import { parseDate } from './date-text.js';
import { computing, type Named, named } from './define.js';
import { int32Of } from './numbers.js';
import { type Evaluate, fail, isNullish, type Operator, type Scope, type Value } from './scope.js';
import { fromWallClock, zoneOffset } from './time-zone.js';

const DAY = 86_400_000;

/** Milliseconds of a date, an ObjectId or a timestamp. */
function momentOf(value: BsonValue, name: string): number {
  if (value.type === BsonType.date) return Number(millisOf(value));
  if (value.type === BsonType.objectId) return value.bytes.readUInt32BE(value.start) * 1000;
  if (value.type === BsonType.timestamp) return value.bytes.readUInt32LE(value.start + 4) * 1000;
  return fail(16006, `can't convert from BSON type ${typeName(value.type)} to Date (${name})`);
}

/** The zone of an operator: undefined for UTC, null when it is null. */
function zoneIn(zone: Evaluate | undefined, scope: Scope): string | undefined | null {
  if (!zone) return undefined;
  const value = zone(scope);
  if (isNullish(value)) return null;
  if ((value as BsonValue).type !== BsonType.string)
    return fail(40517, `timezone must evaluate to a string, found ${typeName((value as BsonValue).type)}`);
  return (value as BsonValue).string();
}

/** A date whose UTC parts are the wall clock's. */
const wallDate = (millis: number, zone: string | undefined): Date =>
  new Date(millis + zoneOffset(zone, millis) * 60_000);

const dayOfYear = (date: Date) =>
  Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY) + 1;
const isoDay = (date: Date) => date.getUTCDay() || 7;
const isoThursday = (date: Date) => new Date(date.getTime() + (4 - isoDay(date)) * DAY);
const isoYear = (date: Date) => isoThursday(date).getUTCFullYear();
const isoWeek = (date: Date) => Math.ceil(dayOfYear(isoThursday(date)) / 7);
/** Weeks start on Sunday; days before the first are in week 0. */
const week = (date: Date) => Math.floor((dayOfYear(date) + 6 - date.getUTCDay()) / 7);

/** `{ $year: date }` or `{ $year: { date, timezone } }`. */
const partOf = (read: (date: Date) => number, asLong = false): Operator => {
  const compute =
    (date: Evaluate, zone: Evaluate | undefined, name: string): Evaluate =>
    (scope) => {
      const value = date(scope);
      if (isNullish(value)) return NULL_VALUE;
      const timezone = zoneIn(zone, scope);
      if (timezone === null) return NULL_VALUE;
      const part = read(wallDate(momentOf(value as BsonValue, name), timezone));
      return encodeValue(asLong ? BigInt(part) : part);
    };
  const withZone = named(
    ['date', 'timezone'],
    { notObject: 40535, unknown: 40535, missing: 40539 },
    (operands, _context, name) => compute(operands.must('date'), operands.get('timezone'), name),
  );
  const itself = computing(1, 1, ([value]) => value);
  const plain = (operand: BsonValue, context: Parameters<Operator>[1], name: string) =>
    compute(itself(operand, context, name), undefined, name);
  return (operand, context, name) => {
    const isNamed =
      operand.type === BsonType.object &&
      !/^\$/.test(operand.bytes.toString('latin1', operand.start + 5, operand.start + 6));
    return isNamed ? withZone(operand, context, name) : plain(operand, context, name);
  };
};

const padded = (number: number, size: number) => String(number).padStart(size, '0');
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

function formatted(format: string, millis: number, zone: string | undefined): string {
  const date = wallDate(millis, zone);
  const offset = zoneOffset(zone, millis);
  return format.replace(/%(.?)/g, (_all, letter: string) => {
    switch (letter) {
      case 'Y':
        return padded(date.getUTCFullYear(), 4);
      case 'm':
        return padded(date.getUTCMonth() + 1, 2);
      case 'd':
        return padded(date.getUTCDate(), 2);
      case 'H':
        return padded(date.getUTCHours(), 2);
      case 'M':
        return padded(date.getUTCMinutes(), 2);
      case 'S':
        return padded(date.getUTCSeconds(), 2);
      case 'L':
        return padded(date.getUTCMilliseconds(), 3);
      case 'j':
        return padded(dayOfYear(date), 3);
      case 'w':
        return String(date.getUTCDay() + 1);
      case 'u':
        return String(isoDay(date));
      case 'U':
        return padded(week(date), 2);
      case 'V':
        return padded(isoWeek(date), 2);
      case 'G':
        return padded(isoYear(date), 4);
      case 'b':
        return MONTHS[date.getUTCMonth()]!.slice(0, 3);
      case 'B':
        return MONTHS[date.getUTCMonth()]!;
      case 'z':
        return `${offset < 0 ? '-' : '+'}${padded(Math.trunc(Math.abs(offset) / 60), 2)}${padded(Math.abs(offset) % 60, 2)}`;
      case 'Z':
        return `${offset < 0 ? '-' : '+'}${padded(Math.abs(offset), 3)}`;
      case '%':
        return '%';
      default:
        return fail(18536, `Invalid format character '%${letter}' in format string`);
    }
  });
}

const toText: Operator = named(
  ['date', 'format', 'timezone', 'onNull'],
  { notObject: 18629, unknown: 18534, missing: 18628 },
  (operands) => {
    const date = operands.must('date');
    const [format, zone, onNull] = [operands.get('format'), operands.get('timezone'), operands.get('onNull')];
    return (scope) => {
      const value = date(scope);
      if (isNullish(value)) return onNull ? onNull(scope) : NULL_VALUE;
      const timezone = zoneIn(zone, scope);
      if (timezone === null) return NULL_VALUE;
      const wanted = format?.(scope);
      if (format && isNullish(wanted)) return NULL_VALUE;
      if (wanted && (wanted as BsonValue).type !== BsonType.string)
        fail(18533, "$dateToString requires that 'format' be a string");
      const standard =
        timezone === undefined || /^(UTC|GMT|Z)$/i.test(timezone)
          ? '%Y-%m-%dT%H:%M:%S.%LZ'
          : '%Y-%m-%dT%H:%M:%S.%L';
      return encodeValue(
        formatted(
          wanted ? (wanted as BsonValue).string() : standard,
          momentOf(value as BsonValue, '$dateToString'),
          timezone,
        ),
      );
    };
  },
);

const fromText: Operator = named(
  ['dateString', 'format', 'timezone', 'onError', 'onNull'],
  { notObject: 40540, unknown: 40541, missing: 40542 },
  (operands) => {
    const text = operands.must('dateString');
    const [zone, onError, onNull] = [
      operands.get('timezone'),
      operands.get('onError'),
      operands.get('onNull'),
    ];
    if (operands.raw('format'))
      fail(238, '$dateFromString with a format is not supported by the embedded server');
    return (scope) => {
      const value = text(scope);
      if (isNullish(value)) return onNull ? onNull(scope) : NULL_VALUE;
      const timezone = zoneIn(zone, scope);
      if (timezone === null) return NULL_VALUE;
      try {
        if ((value as BsonValue).type !== BsonType.string)
          fail(
            241,
            `$dateFromString requires that 'dateString' be a string, found: ${typeName((value as BsonValue).type)}`,
          );
        const given = (value as BsonValue).string();
        const hasZone = /[T ]\d{2}:\d{2}.*(Z|[+-]\d{2}(:?\d{2})?)$/i.test(given);
        if (hasZone && timezone !== undefined)
          fail(
            241,
            'you cannot pass in a date/time string with time zone information together with a timezone argument',
          );
        const wall = parseDate(given);
        return dateOf(BigInt(hasZone ? wall : fromWallClock(timezone, wall)));
      } catch (error) {
        if (onError && (error as { code?: unknown }).code === 241) return onError(scope);
        throw error;
      }
    };
  },
);

const UNITS = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond'] as const;
type Unit = (typeof UNITS)[number];
const FIXED: Readonly<Partial<Record<Unit, number>>> = {
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
};

function unitOf(value: Value, name: string, codes: readonly [number, number]): Unit {
  if (value?.type !== BsonType.string) return fail(codes[0], `${name} requires 'unit' to be a string`);
  const unit = value.string() as Unit;
  return UNITS.includes(unit) ? unit : fail(codes[1], `${name} unknown time unit value: ${unit}`);
}

function plus(millis: number, unit: Unit, amount: number, zone: string | undefined): number {
  const fixed = FIXED[unit];
  if (fixed) return millis + amount * fixed;
  const wall = wallDate(millis, zone);
  if (unit === 'day' || unit === 'week')
    return fromWallClock(zone, wall.getTime() + amount * (unit === 'week' ? 7 : 1) * DAY);
  const months = amount * (unit === 'year' ? 12 : unit === 'quarter' ? 3 : 1);
  const month = wall.getUTCMonth() + months;
  // The last day of a shorter month stands for days that it lacks.
  const lastDay = new Date(Date.UTC(wall.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const time = wall.getTime() - Math.floor(wall.getTime() / DAY) * DAY;
  const day = Math.min(wall.getUTCDate(), lastDay);
  return fromWallClock(zone, Date.UTC(wall.getUTCFullYear(), month, day) + time);
}

const shift = (sign: 1 | -1): Operator =>
  named(
    ['startDate', 'unit', 'amount', 'timezone'],
    { notObject: 5_166_400, unknown: 5_166_401, missing: 5_166_402 },
    (operands, _context, name) => {
      const [start, unit, amount, zone] = [
        operands.must('startDate'),
        operands.must('unit'),
        operands.must('amount'),
        operands.get('timezone'),
      ];
      return (scope) => {
        const values = [start(scope), unit(scope), amount(scope)] as const;
        const timezone = zoneIn(zone, scope);
        if (values.some(isNullish) || timezone === null) return NULL_VALUE;
        const by = unitOf(values[1], name, [5_166_404, 9]);
        const count = int32Of(values[2] as BsonValue);
        if (count === undefined) return fail(5_166_405, `${name} expects integer amount of time units`);
        const moment = momentOf(values[0] as BsonValue, name);
        return dateOf(BigInt(plus(moment, by, count * sign, timezone)));
      };
    },
  );

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

function weekdayOf(operands: Named, name: string): (scope: Scope) => number | undefined {
  const start = operands.get('startOfWeek');
  return (scope) => {
    if (!start) return 0;
    const value = start(scope);
    if (isNullish(value)) return undefined;
    const text =
      (value as BsonValue).type === BsonType.string ? (value as BsonValue).string().toLowerCase() : '';
    const at = WEEKDAYS.findIndex((day) => day === text || (text.length >= 2 && day.slice(0, 3) === text));
    return at >= 0
      ? at
      : fail(9, `${name} parameter 'startOfWeek' value cannot be recognized as a day of a week: ${text}`);
  };
}

const floorTo = (number: number, unit: number) => Math.floor(number / unit);

/** How many borders of the unit lie between two moments. */
const difference: Operator = named(
  ['startDate', 'endDate', 'unit', 'timezone', 'startOfWeek'],
  { notObject: 5_166_301, unknown: 5_166_302, missing: 5_166_303 },
  (operands, _context, name) => {
    const [start, end, unit, zone] = [
      operands.must('startDate'),
      operands.must('endDate'),
      operands.must('unit'),
      operands.get('timezone'),
    ];
    const weekday = weekdayOf(operands, name);
    return (scope) => {
      const values = [start(scope), end(scope), unit(scope)] as const;
      const timezone = zoneIn(zone, scope);
      if (values.some(isNullish) || timezone === null) return NULL_VALUE;
      const by = unitOf(values[2], name, [5_439_013, 9]);
      const first = weekday(scope);
      if (by === 'week' && first === undefined) return NULL_VALUE;
      const [a, b] = [values[0], values[1]].map((value) =>
        wallDate(momentOf(value as BsonValue, name), timezone),
      ) as [Date, Date];
      return encodeValue(BigInt(bordersBetween(a, b, by, first ?? 0)));
    };
  },
);

function bordersBetween(a: Date, b: Date, unit: Unit, weekday: number): number {
  const monthsOf = (date: Date) => date.getUTCFullYear() * 12 + date.getUTCMonth();
  switch (unit) {
    case 'year':
      return b.getUTCFullYear() - a.getUTCFullYear();
    case 'quarter':
      return floorTo(monthsOf(b), 3) - floorTo(monthsOf(a), 3);
    case 'month':
      return monthsOf(b) - monthsOf(a);
    case 'week': {
      // 1970-01-01 was a Thursday.
      const weekOf = (date: Date) => floorTo(floorTo(date.getTime(), DAY) + 4 - weekday, 7);
      return weekOf(b) - weekOf(a);
    }
    default: {
      const size = unit === 'day' ? DAY : FIXED[unit]!;
      return floorTo(b.getTime(), size) - floorTo(a.getTime(), size);
    }
  }
}

/** Bins count from 2000-01-01; weeks from the first of their day after it. */
const truncated: Operator = named(
  ['date', 'unit', 'binSize', 'timezone', 'startOfWeek'],
  { notObject: 5_439_007, unknown: 5_439_008, missing: 5_439_009 },
  (operands, _context, name) => {
    const [date, unit, size, zone] = [
      operands.must('date'),
      operands.must('unit'),
      operands.get('binSize'),
      operands.get('timezone'),
    ];
    const weekday = weekdayOf(operands, name);
    return (scope) => {
      const values = [date(scope), unit(scope)] as const;
      const timezone = zoneIn(zone, scope);
      const given = size?.(scope);
      if (values.some(isNullish) || timezone === null || (size && isNullish(given))) return NULL_VALUE;
      const by = unitOf(values[1], name, [5_439_013, 9]);
      const bin = given
        ? (int32Of(given) ?? fail(5_439_017, `${name} requires 'binSize' to be a 64-bit integer`))
        : 1;
      if (bin <= 0) fail(5_439_018, `${name} requires 'binSize' to be greater than 0`);
      const first = weekday(scope);
      if (by === 'week' && first === undefined) return NULL_VALUE;
      const wall = wallDate(momentOf(values[0] as BsonValue, name), timezone);
      return dateOf(BigInt(fromWallClock(timezone, startOfBin(wall, by, bin, first ?? 0))));
    };
  },
);

const REFERENCE = Date.UTC(2000, 0, 1);

function startOfBin(wall: Date, unit: Unit, bin: number, weekday: number): number {
  if (unit === 'year' || unit === 'quarter' || unit === 'month') {
    const size = bin * (unit === 'year' ? 12 : unit === 'quarter' ? 3 : 1);
    const months = (wall.getUTCFullYear() - 2000) * 12 + wall.getUTCMonth();
    return Date.UTC(2000, floorTo(months, size) * size, 1);
  }
  const length = (unit === 'week' ? 7 * DAY : unit === 'day' ? DAY : FIXED[unit]!) * bin;
  // 2000-01-01 was a Saturday.
  const from = unit === 'week' ? REFERENCE + ((weekday + 1) % 7) * DAY : REFERENCE;
  return from + floorTo(wall.getTime() - from, length) * length;
}

const toParts: Operator = named(
  ['date', 'timezone', 'iso8601'],
  { notObject: 40524, unknown: 40520, missing: 40522 },
  (operands) => {
    const [date, zone, iso] = [operands.must('date'), operands.get('timezone'), operands.get('iso8601')];
    return (scope) => {
      const value = date(scope);
      const timezone = zoneIn(zone, scope);
      const wantsIso = iso?.(scope);
      if (isNullish(value) || timezone === null || (iso && isNullish(wantsIso))) return NULL_VALUE;
      if (wantsIso && wantsIso.type !== BsonType.boolean) fail(40521, 'iso8601 must evaluate to a bool');
      const at = wallDate(momentOf(value as BsonValue, '$dateToParts'), timezone);
      const time = {
        hour: at.getUTCHours(),
        minute: at.getUTCMinutes(),
        second: at.getUTCSeconds(),
        millisecond: at.getUTCMilliseconds(),
      };
      if (wantsIso?.boolean())
        return encodeValue({
          isoWeekYear: isoYear(at),
          isoWeek: isoWeek(at),
          isoDayOfWeek: isoDay(at),
          ...time,
        });
      return encodeValue({
        year: at.getUTCFullYear(),
        month: at.getUTCMonth() + 1,
        day: at.getUTCDate(),
        ...time,
      });
    };
  },
);

const PARTS = [
  'year',
  'month',
  'day',
  'isoWeekYear',
  'isoWeek',
  'isoDayOfWeek',
  'hour',
  'minute',
  'second',
  'millisecond',
] as const;

const fromParts: Operator = named(
  [...PARTS, 'timezone'],
  { notObject: 40519, unknown: 40518, missing: 40516 },
  (operands) => {
    const parts = new Map(PARTS.map((name) => [name, operands.get(name)]));
    const isIso = parts.get('isoWeekYear') !== undefined;
    if (!isIso && !parts.get('year'))
      fail(40516, "$dateFromParts requires either 'year' or 'isoWeekYear' to be present");
    if (isIso && ['year', 'month', 'day'].some((name) => operands.raw(name)))
      fail(40489, '$dateFromParts does not allow mixing natural dates with ISO dates');
    const zone = operands.get('timezone');
    return (scope) => {
      const timezone = zoneIn(zone, scope);
      if (timezone === null) return NULL_VALUE;
      const numbers = new Map<string, number>();
      for (const [name, part] of parts) {
        if (!part) continue;
        const value = part(scope);
        if (isNullish(value)) return NULL_VALUE;
        numbers.set(
          name,
          int32Of(value as BsonValue) ?? fail(40515, `'${name}' must evaluate to an integer`),
        );
      }
      const at = (name: (typeof PARTS)[number], otherwise: number) => numbers.get(name) ?? otherwise;
      const day = isIso
        ? Date.UTC(at('isoWeekYear', 1970), 0, 4) +
          ((at('isoWeek', 1) - 1) * 7 +
            at('isoDayOfWeek', 1) -
            isoDay(new Date(Date.UTC(at('isoWeekYear', 1970), 0, 4)))) *
            DAY
        : Date.UTC(at('year', 1970), at('month', 1) - 1, at('day', 1));
      const time =
        at('hour', 0) * 3_600_000 + at('minute', 0) * 60_000 + at('second', 0) * 1000 + at('millisecond', 0);
      return dateOf(BigInt(fromWallClock(timezone, day + time)));
    };
  },
);

const ofTimestamp = (read: (value: BsonValue) => number): Operator =>
  computing(1, 1, ([value], name) => {
    if (isNullish(value)) return NULL_VALUE;
    if ((value as BsonValue).type !== BsonType.timestamp)
      fail(5_687_301, `Argument to ${name} must be a timestamp`);
    return encodeValue(BigInt(read(value as BsonValue)));
  });

export const DATES: Readonly<Record<string, Operator>> = {
  $year: partOf((date) => date.getUTCFullYear()),
  $month: partOf((date) => date.getUTCMonth() + 1),
  $dayOfMonth: partOf((date) => date.getUTCDate()),
  $dayOfWeek: partOf((date) => date.getUTCDay() + 1),
  $dayOfYear: partOf(dayOfYear),
  $hour: partOf((date) => date.getUTCHours()),
  $minute: partOf((date) => date.getUTCMinutes()),
  $second: partOf((date) => date.getUTCSeconds()),
  $millisecond: partOf((date) => date.getUTCMilliseconds()),
  $week: partOf(week),
  $isoWeek: partOf(isoWeek),
  $isoWeekYear: partOf(isoYear, true),
  $isoDayOfWeek: partOf(isoDay),
  $dateToString: toText,
  $dateFromString: fromText,
  $dateToParts: toParts,
  $dateFromParts: fromParts,
  $dateAdd: shift(1),
  $dateSubtract: shift(-1),
  $dateDiff: difference,
  $dateTrunc: truncated,
  $tsSecond: ofTimestamp((value) => value.bytes.readUInt32LE(value.start + 4)),
  $tsIncrement: ofTimestamp((value) => value.bytes.readUInt32LE(value.start)),
};
