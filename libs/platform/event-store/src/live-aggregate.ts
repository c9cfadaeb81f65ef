import type { Decider, DomainEvent, RecordedEvent } from '#libs/platform/kernel';
import type { CommandAnswer } from './aggregate-store.js';
import { approximateBytes } from './approximate-bytes.js';
import type { Revision } from './event-streams.js';

/** A command that is in the history, and the answer that its first run got. */
export interface SeenCommand extends CommandAnswer {
  readonly hash: string;
}

const COMMAND_BYTES = 240;

type Rules<State, Event> = Pick<Decider<State, never, Event>, 'initialState' | 'evolve'>;

/** The state of one stream, and what a repeated command needs to know. Grows event by event, never by half of one. */
export class LiveAggregate<State, Event extends DomainEvent> {
  revision: Revision = 'no_stream';
  /** Commit position of the last event. */
  position = 0n;
  /** For the bound of the cache: what came in, which is no less than what the state keeps of it. */
  sizeBytes = 512;
  state: State;
  private readonly commands = new Map<string, SeenCommand>();

  constructor(private readonly rules: Rules<State, Event>) {
    this.state = rules.initialState;
  }

  apply({ event, revision, position, metadata }: RecordedEvent<Event>): void {
    this.state = this.rules.evolve(this.state, event);
    this.revision = revision;
    this.position = position;
    const { commandId, commandHash: hash } = metadata;
    const recorded = (this.commands.get(commandId)?.recorded ?? 0) + 1;
    this.commands.set(commandId, { hash, revision, position, recorded });
    this.sizeBytes += approximateBytes(event.data) + (recorded === 1 ? COMMAND_BYTES : 0);
  }

  command(id: string): SeenCommand | undefined {
    return this.commands.get(id);
  }
}
