import type { ClassPlan } from './plan.js';

/** Never copied from a request into an object. */
const PROTOTYPE_KEYS = new Set(['__proto__', 'prototype', 'constructor']);

/** Keys of the plain value that the class does not know. */
export type UnknownKeys = Map<object, string[]>;

/**
 * An instance of the plan's class from a plain object: known properties only.
 * What else it holds is noted in `unknown`, for the check that follows.
 */
export function readObject(plan: ClassPlan, source: Readonly<Record<string, unknown>>): object {
  const instance = new plan.type() as Record<string, unknown>;
  for (const key of Object.keys(source)) {
    const property = plan.byName.get(key);
    if (property !== undefined) instance[key] = property.read(source[key], source);
    else if (!isIgnored(plan, instance, key)) noteUnknown(instance, key);
  }
  return instance;
}

/** An object, or a list of objects to any depth, of one class; anything else is left for the rules to refuse. */
export function readNested(plan: ClassPlan, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => readNested(plan, element));
  if (typeof value !== 'object' || value === null) return value;
  return readObject(plan, value as Record<string, unknown>);
}

/** class-transformer copies what has no type, without the keys of prototypes. */
export function copyPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyPlain);
  const copy: Record<string, unknown> = {};
  for (const [key, held] of Object.entries(value)) if (!PROTOTYPE_KEYS.has(key)) copy[key] = copyPlain(held);
  return copy;
}

const unknownKeys = new WeakMap<object, string[]>();

function noteUnknown(instance: object, key: string): void {
  const keys = unknownKeys.get(instance);
  if (keys) keys.push(key);
  else unknownKeys.set(instance, [key]);
}

/** The keys that the plain object had beside those of its class. */
export const unknownKeysOf = (instance: object): readonly string[] => unknownKeys.get(instance) ?? NONE;
const NONE: readonly string[] = [];

/** Like class-transformer, which leaves out prototype keys, and what would hide a method or a getter of the class. */
function isIgnored({ type }: ClassPlan, instance: Record<string, unknown>, key: string): boolean {
  if (PROTOTYPE_KEYS.has(key) || typeof instance[key] === 'function') return true;
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, key);
  return descriptor !== undefined && descriptor.set === undefined;
}
