/** Who reads settings: the apps, and the specs. */
export type App = 'standalone' | 'command-api' | 'query-api' | 'projector' | 'ops' | 'specs';

/** How the text of an environment variable is read. */
export interface SettingType<Value> {
  /** Completes "must be …", and stands in the reference. */
  readonly expected: string;
  /** The value, or nothing when the text is not valid. */
  readonly read: (text: string) => Value | undefined;
  /** Not shown in messages: it may hold a password. */
  readonly secret?: boolean;
}

/** One setting: all there is to know about it. */
export interface Setting<Value, Used extends App = App, Required extends App = App> {
  /** The environment variable. */
  readonly env: string;
  readonly type: SettingType<Value>;
  readonly default: Value;
  /** What the reference shows where the default is nothing. */
  readonly whenUnset?: string;
  readonly example: string;
  readonly description: string;
  readonly apps: readonly Used[];
  /** Apps that do not start without it. */
  readonly requiredBy?: readonly Required[];
}

/** Infers the types of one declaration. */
export const setting = <const Value, const Used extends App, const Required extends App = never>(
  declared: Setting<Value, Used, Required>,
): Setting<Value, Used, Required> => declared;

const DIGITS = /^\d{1,15}$/;

export const wholeNumber = (min: number, max: number, unit = ''): SettingType<number> => ({
  expected: `a whole number${unit && ` of ${unit}`} from ${min} to ${max}`,
  read: (text) => {
    const value = DIGITS.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  },
});

export const oneOf = <const Text extends string>(...values: readonly Text[]): SettingType<Text> => ({
  expected: `one of ${values.join(', ')}`,
  read: (text) => values.find((value) => value === text),
});

export const text = (expected: string, pattern: RegExp): SettingType<string> => ({
  expected,
  read: (value) => (pattern.test(value) ? value : undefined),
});

/** An address that may carry a password. It may be left unset. */
export const address = (expected: string, pattern: RegExp): SettingType<string | undefined> => ({
  ...text(expected, pattern),
  secret: true,
});
