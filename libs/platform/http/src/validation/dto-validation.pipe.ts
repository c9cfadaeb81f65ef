import { type ArgumentMetadata, type PipeTransform, ValidationPipe } from '@nestjs/common';
import { type FieldFault, HttpError } from '../problems/http-error.js';
import { checkObject } from './check.js';
import { compile, NotCompilable } from './compile.js';
import { faultsOf } from './message.js';
import type { ClassPlan, DtoClass } from './plan.js';
import { readObject } from './read.js';

/** A problem lists at most this many faults; its detail counts all of them. */
const LISTED_FAULTS = 100;

/** The same answer as Nest's own pipe, in our words. */
export const slowPipe = new ValidationPipe({
  whitelist: true,
  forbidNonWhitelisted: true,
  transform: true,
  exceptionFactory: (errors) => refusal(faultsOf(errors)),
});

const NOT_DTOS = new Set<unknown>([String, Boolean, Number, Array, Object, Buffer, Date, Promise]);

/** Nest's pipe reads the text of a named parameter as what the handler says it takes. */
const isConverted = (type: unknown, value: unknown, { data }: ArgumentMetadata): boolean =>
  data !== undefined &&
  (type === Number || type === Boolean || (type === String && typeof value !== 'string'));

/**
 * Nest's ValidationPipe ({ whitelist, forbidNonWhitelisted, transform }), compiled: what it would look up on every
 * request is looked up once a class. A class that uses what the compiler does not know goes to Nest's pipe.
 * @throws HttpError VALIDATION_FAILED with the faults of every field.
 */
export class DtoValidationPipe implements PipeTransform {
  private readonly plans = new Map<DtoClass, ClassPlan | NotCompilable>();

  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const type = metadata.metatype as DtoClass | undefined;
    if (type === undefined || metadata.type === 'custom') return value;
    if (NOT_DTOS.has(type))
      return isConverted(type, value, metadata) ? slowPipe.transform(value, metadata) : value;
    const plan = this.planOf(type);
    const source = value ?? {};
    if (plan instanceof NotCompilable || typeof source !== 'object' || Array.isArray(source))
      return slowPipe.transform(value, metadata);
    try {
      return validated(plan, source as Record<string, unknown>);
    } catch (error) {
      if (!(error instanceof NotCompilable)) throw error;
      this.plans.set(type, error);
      return slowPipe.transform(value, metadata);
    }
  }

  /** Why a class goes to Nest's pipe; nothing when it is compiled. */
  reasonNotCompiled(type: DtoClass): string | undefined {
    const plan = this.planOf(type);
    return plan instanceof NotCompilable ? plan.message : undefined;
  }

  private planOf(type: DtoClass): ClassPlan | NotCompilable {
    let plan = this.plans.get(type);
    if (plan === undefined) {
      plan = compiled(type);
      this.plans.set(type, plan);
    }
    return plan;
  }
}

function compiled(type: DtoClass): ClassPlan | NotCompilable {
  try {
    return compile(type);
  } catch (error) {
    if (error instanceof NotCompilable) return error;
    throw error;
  }
}

function validated(plan: ClassPlan, source: Readonly<Record<string, unknown>>): object {
  const instance = readObject(plan, source);
  const faults: FieldFault[] = [];
  checkObject(plan, instance, '', faults);
  if (faults.length > 0) throw refusal(faults);
  return instance;
}

function refusal(faults: readonly FieldFault[]): HttpError {
  const [first] = faults;
  const detail = faults.length === 1 ? 'One field is not valid.' : `${faults.length} fields are not valid.`;
  return new HttpError('VALIDATION_FAILED', {
    detail,
    errors: faults.slice(0, LISTED_FAULTS),
    ...(first ? { field: first.field } : {}),
  });
}
