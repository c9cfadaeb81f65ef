import type { ValidationArguments, ValidationError } from 'class-validator';
import type { FieldFault } from '../problems/http-error.js';

/** A message with `$property`, `$value`, `$target` and `$constraint1` … filled in, as class-validator does. */
export function messageOf(
  message: string | ((args: ValidationArguments) => string) | undefined,
  args: ValidationArguments,
): string {
  let text = (typeof message === 'function' ? message(args) : message) ?? '';
  if (!text.includes('$')) return text;
  args.constraints?.forEach((constraint, index) => {
    text = text.replace(new RegExp(`\\$constraint${index + 1}`, 'g'), constraintText(constraint));
  });
  const { value } = args;
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    text = text.replace(/\$value/g, value as string);
  return text.replace(/\$property/g, args.property).replace(/\$target/g, args.targetName);
}

function constraintText(constraint: unknown): string {
  if (Array.isArray(constraint)) return constraint.join(', ');
  return typeof constraint === 'symbol' ? String(constraint.description) : `${constraint}`;
}

/** What class-validator itself found, as the faults of a problem. */
export function faultsOf(errors: readonly ValidationError[], path = ''): FieldFault[] {
  return errors.flatMap((error) => {
    const name = error.property;
    const field = path === '' ? name : /^\d+$/.test(name) ? `${path}[${name}]` : `${path}.${name}`;
    const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
    return [...own, ...faultsOf(error.children ?? [], field)];
  });
}
