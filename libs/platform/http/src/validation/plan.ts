import type { ValidationArguments } from 'class-validator';

/** A DTO class. */
// biome-ignore lint/suspicious/noExplicitAny: DTO classes take no parameters that we know of
export type DtoClass = new (...parameters: any[]) => object;

/** One rule of one property, as class-validator's metadata has it. */
export interface Rule {
  /** Key of the failure: a later failure of the same key replaces the earlier one's message. */
  readonly key: string;
  readonly property: string;
  /** The rule looks at each element of a list. */
  readonly each: boolean;
  readonly constraints: unknown[] | undefined;
  /** The rule's own condition. */
  readonly onlyIf: ((object: unknown, value: unknown) => boolean) | undefined;
  readonly message: string | ((args: ValidationArguments) => string) | undefined;
  readonly validator: {
    validate(value: unknown, args: ValidationArguments): unknown;
    defaultMessage?(args: ValidationArguments): string;
  };
}

/** What class-validator says of a nested property that holds neither object nor list. */
export interface NestedRule {
  readonly message: string | ((args: ValidationArguments) => string);
  readonly constraints: unknown[] | undefined;
}

/** How one property of a DTO class is read from plain JSON, and checked. */
export interface PropertyPlan {
  readonly name: string;
  /** Turns the plain value into the value of the instance; the value itself when nothing is to do. */
  readonly read: (value: unknown, source: object) => unknown;
  /** All must hold for the property to be looked at. */
  readonly conditions: readonly ((object: unknown, value: unknown) => boolean)[];
  readonly rules: readonly Rule[];
  readonly nested: NestedRule | undefined;
  /** Of the class that `read` makes of a nested value. */
  readonly nestedPlan: (() => ClassPlan) | undefined;
}

/** Everything that is known of a DTO class, once. */
export interface ClassPlan {
  readonly type: DtoClass;
  /** In the order in which class-validator reports them. */
  readonly properties: readonly PropertyPlan[];
  readonly byName: ReadonlyMap<string, PropertyPlan>;
}
