/** The rules of one aggregate: no clock, no I/O, no mutation. */
export interface Decider<State, Command, Event> {
  readonly initialState: State;
  /** The events to record: none for a repeat. Throws a domain error to refuse. */
  decide(state: State, command: Command): readonly Event[];
  /** Never refuses: the event has already happened. */
  evolve(state: State, event: Event): State;
}
