import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { ListOf, Nested } from './nested.js';
import { DecimalText, Flag, WholeNumber } from './number.js';
import { Currency, Id, OneOf, Text } from './text.js';
import { Day, Timestamp } from './time.js';

class Part {
  @Text() name!: string;
}

/** A DTO class whose one field `it` has the decorator. */
function dtoOf(decorator: PropertyDecorator): new () => { it: unknown } {
  class Dto {
    it: unknown;
  }
  decorator(Dto.prototype, 'it');
  return Dto;
}

const messagesOf = (errors: readonly ValidationError[]): string[] =>
  errors.flatMap((error) => [...Object.values(error.constraints ?? {}), ...messagesOf(error.children ?? [])]);
const faultsOf = (decorator: PropertyDecorator, content: object): string[] =>
  messagesOf(validateSync(plainToInstance(dtoOf(decorator), content), { whitelist: true }));

const text40 = Text({ max: 40 });
const optional = Text({ optional: true });
const price = DecimalText({ notZero: true });
const signed = DecimalText({ signed: true, decimals: 2 });
const limit = WholeNumber({ min: 1, max: 200, inQuery: true });
const inBody = WholeNumber({ min: 1, max: 200 });
const parts = ListOf(() => Part, { min: 1, max: 2 });
const since = Timestamp({ orDay: true });

describe('field decorators', () => {
  it.each<[string, PropertyDecorator, unknown]>([
    ['a text', text40, 'WHITE HANGING HEART T-LIGHT HOLDER'],
    ['40 characters beyond the basic plane', text40, '🧵'.repeat(40)],
    ['lines where they are meant', Text({ multiline: true }), 'one\ntwo'],
    ['a left out optional', optional, undefined],
    ['null where it says something', Text({ nullable: true }), null],
    ['an id', Id(), '01980f0c-7a5b-7cc4-b2a5-6f0f0b7f3c11'],
    ['an invoice number as id', Id(), 'C536379'],
    ['a currency', Currency(), 'GBP'],
    ['one of', OneOf(['placed', 'total']), 'total'],
    ['a decimal', price, '0.001'],
    ['a signed decimal', signed, '-12.5'],
    ['zero where it may be', DecimalText(), '0'],
    ['a whole number', inBody, 200],
    ['a whole number in a query', limit, '50'],
    ['a time without milliseconds', Timestamp(), '2010-12-01T08:26:00Z'],
    ['a leap day', Timestamp(), '2012-02-29T00:00:00.000Z'],
    ['a day where it may be', since, '2010-12-01'],
    ['a day', Day(), '2011-12-09'],
    ['a flag', Flag(), false],
    ['a flag in a query', Flag({ inQuery: true }), 'true'],
    ['an object', Nested(() => Part), { name: 'x' }],
    ['a list', parts, [{ name: 'x' }, { name: 'y' }]],
  ])('take %s', (_what, decorator, value) => expect(faultsOf(decorator, { it: value })).toEqual([]));

  it.each<[string, PropertyDecorator, unknown, string]>([
    ['nothing', text40, undefined, 'must be a text of 1 to 40 characters on one line'],
    ['null', text40, null, 'must be a text of 1 to 40'],
    ['null for a left out one', optional, null, 'must be a text of 1 to 200'],
    ['an empty text where null may be', Text({ nullable: true }), '', 'on one line, or null'],
    ['a number', text40, 5, 'must be a text of 1 to 40'],
    ['an empty text', text40, '', 'must be a text of 1 to 40'],
    ['41 characters', text40, 'x'.repeat(41), 'must be a text of 1 to 40'],
    ['41 characters beyond the basic plane', text40, '🧵'.repeat(41), 'must be a text of 1 to 40'],
    ['a line break', text40, 'one\ntwo', 'must be a text of 1 to 40'],
    ['half a character', text40, '\ud83e', 'must be a text of 1 to 40'],
    ['an id with a slash', Id(), 'a/b', 'must be an id of 1 to 100'],
    ['an id of 101', Id(), 'a'.repeat(101), 'must be an id of 1 to 100'],
    ['a currency in small letters', Currency(), 'gbp', 'must be an ISO 4217 currency code'],
    ['a currency that is none', Currency(), 'ZZZ', 'must be an ISO 4217 currency code'],
    ['another text', OneOf(['placed', 'total']), 'date', 'must be one of "placed", "total"'],
    ['a list for one of', OneOf(['placed', 'total']), ['total'], 'must be one of "placed", "total"'],
    ['a JSON number', price, 2.55, 'must be a decimal number above zero as text with up to 3 decimals'],
    ['four decimals', price, '0.0005', 'must be a decimal number above zero as text with up to 3'],
    ['zero', price, '0.000', 'must be a decimal number above zero'],
    ['a minus', price, '-1', 'must be a decimal number above zero'],
    ['an exponent', price, '1e3', 'must be a decimal number above zero'],
    ['13 digits', price, '1234567890123', 'must be a decimal number above zero'],
    ['a comma', signed, '2,55', 'must be a decimal number as text with up to 2 decimals'],
    ['a number as text', inBody, '5', 'must be a whole number from 1 to 200'],
    ['a fraction', inBody, 1.5, 'must be a whole number from 1 to 200'],
    ['too many', limit, '201', 'must be a whole number from 1 to 200'],
    ['no number at all', limit, '', 'must be a whole number from 1 to 200'],
    ['a number given twice', limit, ['1', '2'], 'must be a whole number from 1 to 200'],
    ['a time in another zone', Timestamp(), '2026-03-01T10:00:00+01:00', 'must be a time in UTC'],
    ['30 February', Timestamp(), '2026-02-30T10:00:00Z', 'must be a time in UTC'],
    ['25 o’clock', Timestamp(), '2026-02-03T25:00:00Z', 'must be a time in UTC'],
    ['a day for a time', Timestamp(), '2026-02-03', 'must be a time in UTC'],
    ['a day that is none', since, '2026-02-30', 'or a day such as'],
    ['a month', Day(), '2026-02', 'must be a day such as'],
    ['a flag as text', Flag(), 'true', 'must be true or false'],
    ['a list for an object', Nested(() => Part), [{ name: 'x' }], 'must be an object'],
    ['a text for an object', Nested(() => Part), 'x', 'must be an object'],
    ['a nested fault', Nested(() => Part), { name: 5 }, 'must be a text of 1 to 200'],
    ['an empty list', parts, [], 'must be a list of 1 to 2 objects'],
    ['a long list', parts, [{ name: 'x' }, { name: 'x' }, { name: 'x' }], 'must be a list of 1 to 2 objects'],
    ['a list in a list', parts, [[{ name: 'x' }]], 'must be a list of 1 to 2 objects'],
    ['an unknown nested type', parts, ['x'], 'must be a list of 1 to 2 objects'],
  ])('refuse %s', (_what, decorator, value, message) =>
    expect(faultsOf(decorator, { it: value })).toContainEqual(expect.stringContaining(message)),
  );

  it('brings times to milliseconds, and leaves days alone', () => {
    expect(plainToInstance(dtoOf(since), { it: '2010-12-01T08:26:00Z' }).it).toBe('2010-12-01T08:26:00.000Z');
    expect(plainToInstance(dtoOf(since), { it: '2010-12-01' }).it).toBe('2010-12-01');
  });
});
