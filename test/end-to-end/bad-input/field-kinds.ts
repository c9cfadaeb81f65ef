/** A field of a body, by what it holds: how to fill it wrongly follows from that. */
export interface FieldKind {
  readonly required: boolean;
  /** Of another JSON type than it should be. */
  readonly wrongType: unknown;
  /** Of the right type and too long, too large, or too many. */
  readonly tooMuch?: unknown;
}

const kind = (wrongType: unknown, tooMuch?: unknown): FieldKind => ({
  required: true,
  wrongType,
  ...(tooMuch !== undefined && { tooMuch }),
});

export const text = (max: number): FieldKind => kind(7, 'x'.repeat(max + 1));
export const id = kind(7, 'x'.repeat(101));
export const currency = kind(826, 'POUNDS');
/** JSON numbers are refused: money is never a float. */
export const decimal = kind(2.55, '1.2345');
export const flag = kind('yes');
export const object = kind('nowhere');
export const count = (max: number): FieldKind => kind('6', max + 1);
export const oneOf = kind(7, 'something-else');
/** `item` makes the element of that index. */
export const list = (max: number, item: (index: number) => object): FieldKind =>
  kind(
    {},
    Array.from({ length: max + 1 }, (_, index) => item(index)),
  );
export const optional = (field: FieldKind): FieldKind => ({ ...field, required: false });

/** A copy of `body` with the field at `path` (`lines[0].quantity`) set; taken away where `value` is undefined. */
export function withField(body: object, path: string, value: unknown): object {
  const copy = structuredClone(body) as Record<string, unknown>;
  const steps = path.split(/[.[\]]+/).filter(Boolean);
  const last = steps.pop() ?? '';
  let parent = copy;
  for (const step of steps) parent = parent[step] as Record<string, unknown>;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}
