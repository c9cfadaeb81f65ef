import { decodeEvent, redact, type StoredEvent } from '#libs/platform/event-store';
import {
  type AnyAggregate,
  DomainError,
  type DomainEvent,
  deepFreeze,
  type FieldChange,
  fieldChanges,
  isSame,
  type RecordedEvent,
} from '#libs/platform/kernel';
import { ImpureFoldError } from './guarded-fold.js';
import { Folding, type ReplayOptions } from './replay.js';
import { UnknownReplayError } from './replay-errors.js';

/** Another history. Revisions are those of the real one; -1 is before its first event. */
export type Alteration =
  | { readonly kind: 'drop'; readonly revision: bigint }
  | { readonly kind: 'replace'; readonly revision: bigint; readonly event: DomainEvent }
  | { readonly kind: 'insert'; readonly after: bigint; readonly events: readonly DomainEvent[] }
  /** A command that nobody sent, decided on the state after that revision. */
  | { readonly kind: 'command'; readonly after: bigint; readonly command: { readonly type: string } };

/** What the rules say: events (none for a repeat), a refusal with its code, or a fault of the rules themselves. */
export type Decided =
  | { readonly events: readonly DomainEvent[] }
  | { readonly refused: string; readonly message: string }
  | { readonly failed: string };

/** A command of the real history that today's rules decide otherwise on the altered one. */
export interface OtherDecision {
  /** The first event that the command recorded. */
  readonly recorded: RecordedEvent;
  readonly events: readonly DomainEvent[];
  readonly now: Decided;
}

export interface WhatIf {
  readonly state: unknown;
  readonly alteredState: unknown;
  readonly changes: readonly FieldChange[];
  /** The answer to the command of a `command` alteration. */
  readonly command?: Decided;
  readonly decisions: readonly OtherDecision[];
  /** Commands behind the alteration that were not kept with their events: those stand as they were recorded. */
  readonly notDecided: number;
}

/** What a projection sees of both histories. */
export interface HistoryListener {
  real(recorded: RecordedEvent): void;
  altered(recorded: RecordedEvent): void;
}

/**
 * Folds a history that is altered in one place beside the real one. Behind that place every command that is kept with its
 * events is decided again by today's rules; what they say goes on into the altered history. Writes nothing.
 * Memory: two states, and what is told.
 * @throws UnknownReplayError the stream has no such revision, or no fold takes the altered history.
 */
export async function whatIf(
  aggregate: AnyAggregate,
  events: AsyncIterable<StoredEvent>,
  alteration: Alteration,
  options: Pick<ReplayOptions, 'personal'> = {},
  listener?: HistoryListener,
): Promise<WhatIf> {
  const histories = new TwoHistories(aggregate, alteration, options, listener);
  const command: RecordedEvent[] = [];
  for await (const stored of events) {
    const recorded = decodeEvent(aggregate.eventTypes, stored);
    const isNext = command.length > 0 && command[0]?.metadata.commandId !== recorded.metadata.commandId;
    if (isNext) histories.take(command.splice(0));
    command.push(recorded);
  }
  if (command.length > 0) histories.take(command);
  return histories.outcome();
}

class TwoHistories {
  readonly #real: Folding;
  readonly #altered: Folding;
  /** The rules decide on whole events; what is shown may have personal fields blanked. */
  readonly #whole: Folding;
  readonly #decisions: OtherDecision[] = [];
  #command: Decided | undefined;
  #notDecided = 0;
  #isAltered = false;
  #last: RecordedEvent | undefined;

  constructor(
    private readonly aggregate: AnyAggregate,
    private readonly alteration: Alteration,
    private readonly options: Pick<ReplayOptions, 'personal'>,
    private readonly listener: HistoryListener | undefined,
  ) {
    this.#real = new Folding(aggregate, options);
    this.#altered = new Folding(aggregate, options);
    this.#whole = new Folding(aggregate, { personal: true });
  }

  /** The events of one command. */
  take(recorded: readonly RecordedEvent[]): void {
    const first = recorded[0] as RecordedEvent;
    if (this.#last === undefined) this.#alterAfter(-1n, first);
    for (const event of recorded) {
      this.#real.apply(event);
      this.listener?.real(event);
    }
    const edits = recorded.some((event) => this.#edits(event));
    if (this.#isAltered && !edits) this.#decideAgain(recorded);
    else
      for (const event of recorded) {
        for (const taken of this.#edited(event)) this.#alter(taken);
        this.#alterAfter(event.revision, event);
      }
    this.#last = recorded.at(-1);
  }

  outcome(): WhatIf {
    if (!this.#isAltered) {
      const revision = 'after' in this.alteration ? this.alteration.after : this.alteration.revision;
      throw new UnknownReplayError(
        `The stream ends at revision ${this.#last?.revision ?? -1n}: there is no ${revision}.`,
      );
    }
    const [state, alteredState] = [this.#real.state, this.#altered.state];
    const view = (each: unknown) => this.#real.view(each);
    return {
      state,
      alteredState,
      changes: fieldChanges(view(state), view(alteredState)),
      ...(this.#command && { command: this.#command }),
      decisions: this.#decisions,
      notDecided: this.#notDecided,
    };
  }

  #edits({ revision }: RecordedEvent): boolean {
    const { alteration } = this;
    return 'after' in alteration ? alteration.after === revision : alteration.revision === revision;
  }

  #edited(recorded: RecordedEvent): readonly RecordedEvent[] {
    const { alteration } = this;
    if ('after' in alteration || alteration.revision !== recorded.revision) return [recorded];
    this.#isAltered = true;
    return alteration.kind === 'drop' ? [] : [{ ...recorded, event: deepFreeze(alteration.event) }];
  }

  #alterAfter(revision: bigint, place: RecordedEvent): void {
    const { alteration } = this;
    if (!('after' in alteration) || alteration.after !== revision) return;
    this.#isAltered = true;
    const decided = alteration.kind === 'insert' ? alteration : this.#decide(alteration.command);
    if (alteration.kind === 'command') this.#command = this.#shown(decided);
    if ('events' in decided) this.#alterBy(decided.events, place);
  }

  #decideAgain(recorded: readonly RecordedEvent[]): void {
    const first = recorded[0] as RecordedEvent;
    const { input } = first.metadata;
    if (!input) {
      this.#notDecided++;
      for (const event of recorded) this.#alter(event);
      return;
    }
    const decided = this.#decide(input as { readonly type: string });
    const events = recorded.map(({ event }) => event);
    if (!('events' in decided && isSame(decided.events, events)))
      this.#decisions.push({
        recorded: this.#real.shown(first),
        events: events.map((event) => this.#shownEvent(event)),
        now: this.#shown(decided),
      });
    if ('events' in decided) this.#alterBy(decided.events, first);
  }

  #decide(command: { readonly type: string }): Decided {
    try {
      const events = this.aggregate.decider.decide(this.#whole.state, deepFreeze(structuredClone(command)));
      return { events: JSON.parse(JSON.stringify(events)) as DomainEvent[] };
    } catch (error) {
      if (error instanceof DomainError) return { refused: error.code, message: error.message };
      return { failed: (error as Error).message };
    }
  }

  #alterBy(events: readonly DomainEvent[], place: RecordedEvent): void {
    for (const event of events) this.#alter({ ...place, event });
  }

  #alter(recorded: RecordedEvent): void {
    const { type } = recorded.event;
    try {
      this.#altered.apply(recorded);
      this.#whole.apply(recorded);
    } catch (error) {
      if (error instanceof ImpureFoldError) throw error;
      throw new UnknownReplayError(
        `The altered history cannot be folded: ${type} (revision ${recorded.revision}): ${(error as Error).message}`,
        { cause: error },
      );
    }
    this.listener?.altered(recorded);
  }

  #shown(decided: Decided): Decided {
    return 'events' in decided ? { events: decided.events.map((event) => this.#shownEvent(event)) } : decided;
  }

  #shownEvent(event: DomainEvent): DomainEvent {
    return this.options.personal ? event : redact(this.aggregate.eventTypes, event);
  }
}
