import { TransformationType, type TransformFnParams } from 'class-transformer';
import { defaultMetadataStorage as transforms } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage } from 'class-validator';
import type { ClassPlan, DtoClass, NestedRule, PropertyPlan, Rule } from './plan.js';
import { copyPlain, readNested } from './read.js';

type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** The class uses something that only class-validator itself can answer for; `reason` says what. */
export class NotCompilable extends Error {
  override readonly name = 'NotCompilable';
}

const plans = new Map<DtoClass, ClassPlan>();

/**
 * The plan of a DTO class and of all classes nested in it, made once from class-validator's and class-transformer's
 * own metadata.
 * @throws NotCompilable
 */
export function compile(type: DtoClass): ClassPlan {
  const known = plans.get(type);
  if (known) return known;
  const properties: PropertyPlan[] = [];
  const byName = new Map<string, PropertyPlan>();
  const plan: ClassPlan = { type, properties, byName };
  plans.set(type, plan); // before its properties: a class may nest itself
  try {
    for (const [name, metadatas] of groupedMetadatas(type))
      properties.push(propertyPlan(type, name, metadatas));
  } catch (error) {
    plans.delete(type);
    throw error;
  }
  for (const property of properties) byName.set(property.name, property);
  return plan;
}

function groupedMetadatas(type: DtoClass): Map<string, Metadata[]> {
  refuseExposure(type);
  const all = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false, undefined);
  if (all.length === 0) throw new NotCompilable('it has no rules');
  const grouped = new Map<string, Metadata[]>();
  for (const metadata of all) {
    const same = grouped.get(metadata.propertyName);
    if (same) same.push(metadata);
    else grouped.set(metadata.propertyName, [metadata]);
  }
  for (const own of Object.keys(new type()))
    if (!grouped.has(own)) throw new NotCompilable(`its property ${own} has a default and no rule`);
  return grouped;
}

function refuseExposure(type: DtoClass): void {
  const isPlain =
    transforms.getStrategy(type) === 'none' &&
    transforms.getExposedMetadatas(type).length === 0 &&
    transforms.getExcludedMetadatas(type).length === 0;
  if (!isPlain) throw new NotCompilable('it exposes or excludes properties');
}

function propertyPlan(type: DtoClass, name: string, metadatas: readonly Metadata[]): PropertyPlan {
  const first: Rule[] = [];
  const rules: Rule[] = [];
  const conditions: PropertyPlan['conditions'][number][] = [];
  const nested: NestedRule[] = [];
  for (const metadata of metadatas) {
    // The types are class-validator's `ValidationTypes`.
    switch (metadata.type) {
      case 'isDefined':
        first.push(...rulesOf(metadata));
        break;
      case 'customValidation':
        rules.push(...rulesOf(metadata));
        break;
      case 'conditionalValidation':
        conditions.push(metadata.constraints[0]);
        break;
      case 'nestedValidation':
        nested.push({ message: metadata.message, constraints: metadata.constraints });
        break;
      case 'whitelistValidation':
        break;
      default:
        throw new NotCompilable(`${name} has a rule of an unknown type, ${metadata.type}`);
    }
  }
  if (nested.length > 1) throw new NotCompilable(`${name} is nested twice`);
  const nestedType = typeOf(type, name, nested.length === 1);
  return {
    name,
    conditions,
    rules: [...first, ...rules],
    nested: nested[0],
    nestedPlan: nestedType && nested.length === 1 ? () => compile(nestedType) : undefined,
    read: withTransforms(type, name, nestedType ? nestedReader(nestedType) : copyPlain),
  };
}

function rulesOf(metadata: Metadata): Rule[] {
  return getMetadataStorage()
    .getTargetValidatorConstraints(metadata.constraintCls)
    .map((constraint) => {
      if (constraint.async) throw new NotCompilable(`${metadata.propertyName} has an asynchronous rule`);
      return {
        key: constraint.name || metadata.type,
        property: metadata.propertyName,
        each: metadata.each,
        constraints: metadata.constraints,
        onlyIf: metadata.validateIf,
        message: metadata.message,
        validator: constraint.instance,
      };
    });
}

/** The class of a nested value, from `@Type`. */
function typeOf(type: DtoClass, name: string, isNested: boolean): DtoClass | undefined {
  const metadata = transforms.findTypeMetadata(type, name);
  if (metadata === undefined) {
    if (isNested) throw new NotCompilable(`${name} is nested without a type`);
    return undefined;
  }
  if (metadata.options?.discriminator) throw new NotCompilable(`${name} has a discriminator`);
  const nestedType = metadata.typeFunction?.() as DtoClass | undefined;
  const collection: unknown = metadata.reflectedType;
  if (!nestedType || BUILT_IN.has(nestedType) || collection === Set || collection === Map)
    throw new NotCompilable(`${name} is of a type that class-transformer converts`);
  if (!isNested) throw new NotCompilable(`${name} has a type whose rules are not asked for`);
  compile(nestedType);
  return nestedType;
}

const BUILT_IN = new Set<unknown>([String, Number, Boolean, Date, Buffer, Object, Array, Map, Set, Promise]);

const nestedReader = (type: DtoClass): ((value: unknown) => unknown) => {
  let plan: ClassPlan | undefined;
  return (value) => {
    plan ??= compile(type);
    return readNested(plan, value);
  };
};

function withTransforms(
  type: DtoClass,
  key: string,
  read: (value: unknown) => unknown,
): PropertyPlan['read'] {
  const found = transforms.findTransformMetadatas(type, key, TransformationType.PLAIN_TO_CLASS);
  if (found.some(({ options }) => options.groups?.length || options.since || options.until))
    throw new NotCompilable(`${key} has a transformation for some groups or versions`);
  if (found.length === 0) return read;
  const context = { key, type: TransformationType.PLAIN_TO_CLASS, options: {} };
  return (value, obj) =>
    found.reduce(
      (current, { transformFn }) => transformFn({ ...context, value: current, obj } as TransformFnParams),
      read(value),
    );
}
