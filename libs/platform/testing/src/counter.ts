import { type Aggregate, type Decider, DomainError, type ErrorTable } from '#libs/platform/kernel';

/** The smallest aggregate that records, refuses and repeats: for the specs of the platform itself. */
export type CounterEvent =
  | { readonly type: 'CounterOpened'; readonly data: { readonly start: number } }
  | { readonly type: 'CounterRaised'; readonly data: { readonly by: number; readonly to: number } }
  | { readonly type: 'CounterClosed'; readonly data: object };

export type CounterCommand =
  | { readonly type: 'OpenCounter'; readonly start: number }
  | { readonly type: 'RaiseCounter'; readonly by: number }
  | { readonly type: 'CapCounter'; readonly at: number }
  | { readonly type: 'CloseCounter' }
  | { readonly type: 'ReopenCounter' };

export interface CounterState {
  readonly status: 'absent' | 'open' | 'closed';
  readonly total: number;
}

export const COUNTER_ERRORS = {
  COUNTER_ALREADY_EXISTS: { kind: 'conflict', message: 'This counter id is already in use.' },
  COUNTER_NOT_FOUND: { kind: 'not_found', message: 'There is no such counter.' },
  COUNTER_CLOSED: { kind: 'conflict', message: 'The counter is closed.' },
} as const satisfies ErrorTable;

const refuse = (code: keyof typeof COUNTER_ERRORS) => new DomainError(code, COUNTER_ERRORS[code]);

export const counter: Decider<CounterState, CounterCommand, CounterEvent> = {
  initialState: { status: 'absent', total: 0 },
  decide({ status, total }, command) {
    if (command.type === 'OpenCounter') {
      if (status !== 'absent') throw refuse('COUNTER_ALREADY_EXISTS');
      return [{ type: 'CounterOpened', data: { start: command.start } }];
    }
    if (status === 'absent') throw refuse('COUNTER_NOT_FOUND');
    switch (command.type) {
      case 'CloseCounter':
        return status === 'closed' ? [] : [{ type: 'CounterClosed', data: {} }];
      case 'ReopenCounter':
        return status === 'open' ? [] : [{ type: 'CounterOpened', data: { start: total } }];
      case 'RaiseCounter':
      case 'CapCounter': {
        if (status === 'closed') throw refuse('COUNTER_CLOSED');
        const by = command.type === 'RaiseCounter' ? command.by : Math.max(0, command.at - total);
        return by === 0 ? [] : [{ type: 'CounterRaised', data: { by, to: total + by } }];
      }
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'CounterOpened':
        return { status: 'open', total: event.data.start };
      case 'CounterRaised':
        return { ...state, total: event.data.to };
      case 'CounterClosed':
        return { ...state, status: 'closed' };
    }
  },
};

export const counterAggregate: Aggregate<CounterState, CounterCommand, CounterEvent> = {
  category: 'counter',
  decider: counter,
  eventTypes: { CounterOpened: { version: 1 }, CounterRaised: { version: 1 }, CounterClosed: { version: 1 } },
  conflicts: {
    OpenCounter: 'decide_again',
    RaiseCounter: 'decide_again',
    CapCounter: 'reject',
    CloseCounter: 'decide_again',
    ReopenCounter: 'decide_again',
  },
  creates: ['OpenCounter'],
  recordInput: true,
};
