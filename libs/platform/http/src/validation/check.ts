import type { ValidationArguments } from 'class-validator';
import type { FieldFault } from '../problems/http-error.js';
import { NotCompilable } from './compile.js';
import { messageOf } from './message.js';
import type { ClassPlan, PropertyPlan, Rule } from './plan.js';
import { unknownKeysOf } from './read.js';

/** Adds to `faults` what is wrong with an instance that `readObject` made, in class-validator's order and words. */
export function checkObject(plan: ClassPlan, instance: object, path: string, faults: FieldFault[]): void {
  for (const key of unknownKeysOf(instance))
    faults.push({ field: joined(path, key), message: `property ${key} should not exist` });
  const values = instance as Readonly<Record<string, unknown>>;
  for (const property of plan.properties)
    checkProperty(property, instance, values[property.name], path, faults);
}

function checkProperty(
  property: PropertyPlan,
  object: object,
  value: unknown,
  path: string,
  faults: FieldFault[],
) {
  for (const isWanted of property.conditions) if (!isWanted(object, value)) return;
  let failed: Map<string, string> | undefined;
  for (const rule of property.rules) {
    if (rule.onlyIf !== undefined && !rule.onlyIf(object, value)) continue;
    const args = argumentsOf(rule, object, value);
    if (holds(rule, value, args)) continue;
    failed ??= new Map();
    failed.set(rule.key, messageOf(rule.message || rule.validator.defaultMessage?.(args), args));
  }
  if (failed !== undefined)
    for (const message of failed.values()) faults.push({ field: joined(path, property.name), message });
  if (property.nested !== undefined && value !== undefined)
    checkNested(property, value, joined(path, property.name), faults);
}

function holds({ each, validator }: Rule, value: unknown, args: ValidationArguments): boolean {
  if (!each || !Array.isArray(value)) return isTrue(validator.validate(value, args), args);
  return value.every((element) => isTrue(validator.validate(element, args), args));
}

/** A promise is truthy: a rule that turns out to be asynchronous must not pass for that. */
function isTrue(answer: unknown, { property }: ValidationArguments): boolean {
  if (typeof answer === 'object' && answer !== null && 'then' in answer)
    throw new NotCompilable(`${property} has an asynchronous rule`);
  return Boolean(answer);
}

const argumentsOf = (rule: Rule, object: object, value: unknown): ValidationArguments => ({
  targetName: object.constructor.name,
  property: rule.property,
  object,
  value,
  constraints: rule.constraints as unknown[],
});

function checkNested(property: PropertyPlan, value: unknown, path: string, faults: FieldFault[]): void {
  if (Array.isArray(value)) {
    value.forEach((element, index) => {
      if (element !== undefined) checkNested(property, element, `${path}[${index}]`, faults);
    });
  } else if (typeof value === 'object' && value !== null && property.nestedPlan) {
    checkObject(property.nestedPlan(), value, path, faults);
  } else {
    const { message, constraints } = property.nested as NonNullable<PropertyPlan['nested']>;
    const args = { targetName: 'Function', property: property.name, object: {}, value, constraints };
    faults.push({ field: path, message: messageOf(message, args as ValidationArguments) });
  }
}

const joined = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
