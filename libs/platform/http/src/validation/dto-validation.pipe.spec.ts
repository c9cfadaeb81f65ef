import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import type { ArgumentMetadata } from '@nestjs/common';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayMinSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsDate,
  IsDefined,
  IsEmail,
  IsEnum,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsObject,
  IsOptional,
  IsPositive,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  registerDecorator,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { Currency, Id, ListOf, Nested, Text, Timestamp, WholeNumber } from '../index.js';
import { HttpError } from '../problems/http-error.js';
import { DtoValidationPipe, slowPipe } from './dto-validation.pipe.js';

class Line {
  @IsString() @Length(1, 12) code!: string;
  @IsInt() @Min(1) @Max(1_000_000) quantity!: number;
  @IsOptional() @Matches(/^\d+$/, { message: '$property of $target is $value' }) note?: string;
}
class Address {
  @IsNotEmpty() street!: string;
  @IsIn(['GB', 'FR'], { message: 'country is one of $constraint1' }) country!: string;
}
enum Kind {
  Draft = 'draft',
  Placed = 'placed',
}
class Order {
  @IsUUID() id!: string;
  @IsEnum(Kind) kind: Kind = Kind.Draft;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(3)
  @ValidateNested({ each: true })
  @Type(() => Line)
  lines!: Line[];
  @IsOptional() @ValidateNested() @Type(() => Address) address?: Address;
  @ValidateIf((order: Order) => order.kind === Kind.Placed) @IsEmail() email?: string;
  @IsOptional() @IsString({ each: true }) @MaxLength(3, { each: true }) @ArrayNotEmpty() tags?: string[];
  @IsOptional() @IsObject() extra?: object;
  @Allow() anything?: unknown;
  @IsDefined({ message: 'say whether $property' }) @IsBoolean() gift!: boolean;
  get size(): number {
    return this.lines.length;
  }
}
class Tree {
  @IsInt() value!: number;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Tree) children?: Tree[];
}
class Named {
  @IsString() @MaxLength(5) name!: string;
}
class Renamed extends Named {
  @MaxLength(10) override name!: string;
  @IsPositive() @IsNumber({ maxDecimalPlaces: 2 }) price!: number;
}
class Trimmed {
  @IsString() @Transform(({ value, obj }) => (obj.shout ? String(value).toUpperCase() : value)) text!: string;
  @IsOptional() @IsBoolean() shout?: boolean;
}
class OurLine {
  @Text({ max: 20 }) productCode!: string;
  @WholeNumber({ min: 1, max: 1_000_000 }) quantity!: number;
}
class Ours {
  @Id({ optional: true }) orderId?: string;
  @Currency() currency!: string;
  @Timestamp({ optional: true }) at?: string;
  @ListOf(() => OurLine, { min: 1, max: 2_000 }) lines!: OurLine[];
  @Nested(() => Named, { optional: true }) by?: Named;
  @WholeNumber({ min: 1, max: 200, inQuery: true, optional: true }) limit = 50;
}

const order = {
  id: '0198f0c7-7a5b-4cc4-92a5-6f0f0b7f3c11',
  kind: 'placed',
  lines: [{ code: '85123A', quantity: 6 }],
  address: { street: 'High Street 1', country: 'GB' },
  email: 'ada@example.org',
  gift: false,
};
const ours = { currency: 'GBP', lines: [{ productCode: '85123A', quantity: 6 }] };
const poisoned = JSON.parse(
  '{"__proto__": {"admin": true}, "constructor": {"prototype": {"admin": true}}, "name": "x"}',
);

// biome-ignore lint/suspicious/noExplicitAny: DTO classes of every kind
type AnyClass = new () => any;

/** What both pipes must answer the same to. */
const CASES: readonly (readonly [string, AnyClass, unknown])[] = [
  ['a whole order', Order, order],
  ['a default', Order, { ...order, kind: undefined }],
  ['a left out default', Order, (({ kind: _, ...rest }) => rest)(order)],
  ['nothing at all', Order, undefined],
  ['null', Order, null],
  ['an empty object', Order, {}],
  ['an unknown field', Order, { ...order, colour: 'red' }],
  ['an unknown field of a line', Order, { ...order, lines: [{ ...order.lines[0], colour: 'red' }] }],
  ['a getter’s name', Order, { ...order, size: 5 }],
  ['a method’s name', Order, { ...order, toString: 1 }],
  ['a wrong type', Order, { ...order, id: 5, gift: 'no' }],
  ['null fields', Order, { ...order, id: null, address: null, gift: null }],
  ['an optional that is null', Order, { ...order, tags: null, address: null }],
  ['a condition that holds', Order, { ...order, email: 'no' }],
  ['a condition that does not', Order, { ...order, kind: 'draft', email: 'no' }],
  ['too few', Order, { ...order, lines: [] }],
  ['too many', Order, { ...order, lines: Array(4).fill(order.lines[0]) }],
  ['lines that are a text', Order, { ...order, lines: 'x' }],
  ['lines that are one object', Order, { ...order, lines: { code: '1', quantity: 0 } }],
  ['lines of texts and null', Order, { ...order, lines: ['x', null, 5] }],
  ['lists in lines', Order, { ...order, lines: [[{ code: '', quantity: 1 }]] }],
  ['faults in lines', Order, { ...order, lines: [{ code: '', quantity: 0 }, { note: 'x' }] }],
  ['an address that is a list', Order, { ...order, address: [{ street: '', country: 'DE' }] }],
  ['an address that is a number', Order, { ...order, address: 5 }],
  ['faults in the address', Order, { ...order, address: { street: '', country: 'DE', x: 1 } }],
  ['elements', Order, { ...order, tags: ['a', 'bc'] }],
  ['elements at fault', Order, { ...order, tags: ['abcd', 5] }],
  ['elements that are none', Order, { ...order, tags: 'abcd' }],
  ['no elements', Order, { ...order, tags: [] }],
  ['free objects', Order, { ...order, extra: { a: [1, { b: null }] }, anything: { c: 1 } }],
  ['a list for an object', Order, { ...order, extra: [1] }],
  ['a value with a dollar', Order, { ...order, lines: [{ ...order.lines[0], note: '$& $1 $property' }] }],
  ['a list', Order, [order]],
  ['an empty list', Order, []],
  ['a text', Order, 'order'],
  ['a number', Order, 5],
  ['a tree', Tree, { value: 1, children: [{ value: 2, children: [{ value: 3 }] }] }],
  ['a tree with a fault', Tree, { value: 1, children: [{ value: 2, children: [{ value: 'x' }, {}] }] }],
  ['an inherited rule', Renamed, { name: 'much too long a name', price: 1.234 }],
  ['an overridden rule', Renamed, { name: 'sixsix', price: 2 }],
  ['a number as text', Renamed, { name: 'x', price: '2' }],
  ['a transformation', Trimmed, { text: 'hi', shout: true }],
  ['a transformation to a fault', Trimmed, { text: 5 }],
  ['keys of prototypes', Named, structuredClone(poisoned)],
  [
    'keys of prototypes within',
    Order,
    { ...order, extra: JSON.parse('{"__proto__": {"admin": true}, "a": 1}') },
  ],
  ['our own decorators', Ours, ours],
  ['a query without a prototype', Ours, Object.assign(Object.create(null), { ...ours, limit: '20' })],
  [
    'our own decorators at fault',
    Ours,
    { currency: 'gbp', at: 'x', lines: [{}, 5, null], by: [], limit: '0' },
  ],
  ['a time to be normalised', Ours, { ...ours, at: '2026-03-01T10:00:00Z' }],
  ['2,000 lines', Ours, { ...ours, lines: Array(2_000).fill(ours.lines[0]) }],
  ['2,000 lines at fault', Ours, { ...ours, lines: Array(2_000).fill({ productCode: '', quantity: 0 }) }],
  ['200 unknown fields', Named, Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`f${i}`, i]))],
];

const body = (metatype: AnyClass, data?: string): ArgumentMetadata => ({ type: 'body', metatype, data });
const pipe = new DtoValidationPipe();

async function answerOf(transform: () => unknown): Promise<{ value?: unknown; refused?: unknown }> {
  try {
    return { value: await transform() };
  } catch (error) {
    if (error instanceof HttpError) return { refused: error.options };
    throw error;
  }
}

describe('DtoValidationPipe', () => {
  it.each([Order, Tree, Renamed, Trimmed, Ours].map((type) => [type.name, type] as const))(
    'compiles %s',
    (_name, type) => expect(pipe.reasonNotCompiled(type)).toBeUndefined(),
  );

  it.each(CASES)('answers to %s as ValidationPipe does', async (_what, type, content) => {
    const fast = await answerOf(() => pipe.transform(structuredClone(content), body(type)));
    const slow = await answerOf(() => slowPipe.transform(structuredClone(content), body(type)));
    expect(fast).toEqual(slow);
    expect(Object.getPrototypeOf(fast.value ?? {})).toBe(Object.getPrototypeOf(slow.value ?? {}));
    if (fast.refused === undefined) expect(fast.value).toBeInstanceOf(type);
  });

  it('has cases of both kinds', async () => {
    const answers = await Promise.all(
      CASES.map(([, type, content]) => answerOf(() => pipe.transform(structuredClone(content), body(type)))),
    );
    expect(answers.filter(({ refused }) => refused).length).toBeGreaterThan(20);
    expect(answers.filter(({ refused }) => !refused).length).toBeGreaterThan(10);
  });

  it('makes instances of the nested classes too', async () => {
    const made = (await pipe.transform(order, body(Order))) as Order;
    expect(made.lines[0]).toBeInstanceOf(Line);
    expect(made.address).toBeInstanceOf(Address);
    expect(made.size).toBe(1);
  });

  it('names fields by their path, and lists at most 100 of them', async () => {
    const lines = Array(150).fill({ productCode: '85123A', quantity: 0 });
    const { refused } = await answerOf(() => pipe.transform({ ...ours, lines }, body(Ours)));
    expect(refused).toMatchObject({
      detail: '150 fields are not valid.',
      field: 'lines[0].quantity',
      errors: expect.arrayContaining([
        { field: 'lines[99].quantity', message: 'must be a whole number from 1 to 1000000' },
      ]),
    });
    expect((refused as { errors: unknown[] }).errors).toHaveLength(100);
  });

  it('keeps prototypes clean', async () => {
    const made = (await pipe.transform(poisoned, body(Named))) as Record<string, unknown>;
    expect(made['admin']).toBeUndefined();
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    expect(Object.keys(made)).toEqual(['name']);
  });

  it.each<[string, ArgumentMetadata, unknown, unknown]>([
    ['a route parameter', { type: 'param', metatype: String, data: 'id' }, 'o-1', 'o-1'],
    ['a number of a query', { type: 'query', metatype: Number, data: 'limit' }, '5', 5],
    ['what has no type', { type: 'body' }, { a: 1 }, { a: 1 }],
    ['what a decorator of our own made', { type: 'custom', metatype: Order }, 'x', 'x'],
  ])('leaves %s to itself', async (_what, metadata, value, expected) =>
    expect(await pipe.transform(value, metadata)).toEqual(expected),
  );
});

/** A rule that is asynchronous, and says so or not. */
function IsFree({ async }: { async: boolean }): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isFree',
      target: target.constructor,
      propertyName: String(property),
      async,
      validator: { validate: async (value) => value !== 'taken', defaultMessage: () => '$property is taken' },
    });
}
class Reserved {
  @IsFree({ async: true }) name!: string;
}
class Sneaky {
  @IsFree({ async: false }) name!: string;
}
class Dated {
  @IsDate() @Type(() => Date) on!: Date;
}
class Hidden {
  @IsString() @Exclude() secret!: string;
  @IsOptional() @IsString() @Expose({ name: 'alias' }) name?: string;
}
class Typeless {
  @ValidateNested() part!: Named;
}
class Bare {
  name?: string;
}
class Holder {
  @ValidateNested() @Type(() => Reserved) held!: Reserved;
}

describe('what the compiler does not know', () => {
  const own = new DtoValidationPipe();
  it.each<[AnyClass, string, unknown]>([
    [Reserved, 'asynchronous', { name: 'taken' }],
    [Reserved, 'asynchronous', { name: 'free' }],
    [Holder, 'asynchronous', { held: { name: 'taken' } }],
    [Dated, 'converts', { on: '2026-03-01' }],
    [Dated, 'converts', { on: 'never' }],
    [Hidden, 'excludes', { secret: 'x', alias: 'y' }],
    [Typeless, 'without a type', { part: { name: 'x' } }],
    [Bare, 'no rules', { name: 'x' }],
    [Bare, 'no rules', {}],
  ])('goes to class-validator: %p, %s', async (type, reason, content) => {
    expect(own.reasonNotCompiled(type)).toContain(reason);
    expect(await answerOf(() => own.transform(structuredClone(content), body(type)))).toEqual(
      await answerOf(() => slowPipe.transform(structuredClone(content), body(type))),
    );
  });

  it('is found out when it shows, and never passes', async () => {
    expect(own.reasonNotCompiled(Sneaky)).toBeUndefined();
    const { refused } = await answerOf(() => own.transform({ name: 'taken' }, body(Sneaky)));
    expect(refused).toMatchObject({ errors: [{ field: 'name', message: 'name is taken' }] });
    expect(own.reasonNotCompiled(Sneaky)).toContain('asynchronous');
  });
});
