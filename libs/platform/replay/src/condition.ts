import { Environment, EvaluationError, ParseError } from '@marcbachmann/cel-js';
import type { Step } from './replay.js';
import { ConditionError } from './replay-errors.js';

/**
 * A condition on a step of a replay, in the Common Expression Language (cel.dev): `state`, `previous` (the state before),
 * `event` (`type`, `data`) and `metadata`, with `revision`. Whole numbers are exact integers, so amounts kept as whole
 * thousandths compare exactly; `thousandths("2.55")` is 2550. No access to anything else, no loops but over lists.
 */
export class Condition {
  readonly #holds: (context: Record<string, unknown>) => unknown;
  #evaluated = 0;
  #missing: unknown;

  /** @throws ConditionError what is wrong, and where. */
  constructor(readonly text: string) {
    try {
      this.#holds = environment.parse(text);
    } catch (error) {
      throw explained(error);
    }
  }

  /**
   * Whether it holds after the step. A field that the state does not have yet makes it false.
   * @throws ConditionError it does not compute, or gives something else than true or false.
   */
  holds({ recorded, before, after }: Pick<Step, 'recorded' | 'before' | 'after'>): boolean {
    const { event, metadata, revision } = recorded;
    let value: unknown;
    try {
      value = this.#holds({
        state: exact(after),
        previous: exact(before),
        event: exact(event),
        metadata: exact(metadata),
        revision,
      });
    } catch (error) {
      if (!isMissingField(error)) throw explained(error);
      this.#missing = error;
      return false;
    }
    if (typeof value !== 'boolean')
      throw new ConditionError(`A condition is true or false; "${this.text}" gives ${typeof value}.`);
    this.#evaluated++;
    return value;
  }

  /** @throws ConditionError no step had the fields that it asks for: most likely a misspelt name. */
  assertApplied(): void {
    if (this.#evaluated === 0 && this.#missing !== undefined) throw explained(this.#missing);
  }
}

const environment = new Environment({ unlistedVariablesAreDyn: false })
  .registerVariable('state', 'dyn')
  .registerVariable('previous', 'dyn')
  .registerVariable('event', 'dyn')
  .registerVariable('metadata', 'dyn')
  .registerVariable('revision', 'int')
  .registerFunction('thousandths(string): int', thousandths);

function thousandths(text: string): bigint {
  const match = /^(-?)(\d{1,15})(?:\.(\d{1,3}))?$/.exec(text);
  if (!match) throw new TypeError(`thousandths("${text}"): up to three decimals, as in "2.55".`);
  const [, sign, whole, decimals = ''] = match;
  const amount = BigInt(`${whole}${decimals.padEnd(3, '0')}`);
  return sign ? -amount : amount;
}

const made = new WeakMap<object, unknown>();

/** Whole numbers become integers of the language: it does not mix them with floating point. */
function exact(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  const known = made.get(value);
  if (known !== undefined) return known;
  const copy = Array.isArray(value)
    ? value.map(exact)
    : Object.fromEntries(Object.entries(value).map(([name, part]) => [name, exact(part)]));
  made.set(value, copy);
  return copy;
}

function isMissingField(error: unknown): boolean {
  return error instanceof EvaluationError && /^No such key/.test(error.message);
}

/** The library's message shows the expression with a mark under the place. */
function explained(error: unknown): unknown {
  if (!(error instanceof ParseError || error instanceof EvaluationError)) return error;
  const column = error.range === undefined ? '' : ` (column ${error.range.start + 1})`;
  const [summary, ...shown] = error.message.split('\n');
  return new ConditionError([`${summary}${column}`, ...shown].join('\n'), { cause: error });
}
