import { AssertionError, strict as assert } from 'node:assert';
import { inspect } from 'node:util';
import { type Decider, DomainError, type DomainEvent, deepFreeze } from '#libs/platform/kernel';

/**
 * A rule as one line: `given(order, placed).when(cancel).then(cancelled)`. History, state and command are deeply
 * frozen, so a decider that mutates them fails its spec. The command is run once; the assertion ends the line.
 */
export function given<State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  ...history: readonly Event[]
): { when(command: Command): Decision<Event> } {
  return {
    when: (command) => {
      const state = history.reduce<State>(
        (before, event) => deepFreeze(decider.evolve(before, deepFreeze(event))),
        deepFreeze(decider.initialState),
      );
      return new Decision(attempt(() => decider.decide(state, deepFreeze(command))));
    },
  };
}

type Outcome<Event> = { readonly events: readonly Event[] } | { readonly refusal: unknown };

function attempt<Event>(decide: () => readonly Event[]): Outcome<Event> {
  try {
    return { events: decide() };
  } catch (refusal) {
    return { refusal };
  }
}

export class Decision<Event extends DomainEvent> {
  constructor(private readonly outcome: Outcome<Event>) {}

  /** Exactly these events, in this order, and nothing in them that JSON would change on the way to the store. */
  // biome-ignore lint/suspicious/noThenProperty: the third word of given/when/then; a Decision is never awaited
  then(...expected: readonly Event[]): void {
    const events = this.recordedEvents();
    assert.deepStrictEqual(events, expected);
    assert.deepStrictEqual(
      JSON.parse(JSON.stringify(events)),
      events,
      'JSON does not keep these events as they are',
    );
  }

  thenNothing(): void {
    assert.deepStrictEqual(this.recordedEvents(), []);
  }

  /** @param field the field of the command that the refusal must name. */
  thenRefuses(code: string, field?: string): void {
    if ('events' in this.outcome)
      throw new AssertionError({
        message: `Expected ${code}, but it recorded ${inspect(this.outcome.events)}`,
      });
    const { refusal } = this.outcome;
    if (!(refusal instanceof DomainError)) throw refusal;
    assert.equal(refusal.code, code);
    if (field !== undefined) assert.equal(refusal.field, field);
  }

  private recordedEvents(): readonly Event[] {
    if ('refusal' in this.outcome) throw this.outcome.refusal;
    return this.outcome.events;
  }
}
