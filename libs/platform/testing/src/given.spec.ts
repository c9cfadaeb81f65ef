import { describe, expect, it } from '@jest/globals';
import { type CounterEvent, counter } from './counter.js';
import { given } from './given.js';

const opened: CounterEvent = { type: 'CounterOpened', data: { start: 1 } };
const raised: CounterEvent = { type: 'CounterRaised', data: { by: 2, to: 3 } };
const closed: CounterEvent = { type: 'CounterClosed', data: {} };

describe('given/when/then', () => {
  it('passes on what is recorded', () =>
    given(counter, opened).when({ type: 'RaiseCounter', by: 2 }).then(raised));
  it('passes on a repeat', () => given(counter, opened, closed).when({ type: 'CloseCounter' }).thenNothing());
  it('passes on a refusal', () =>
    given(counter).when({ type: 'CloseCounter' }).thenRefuses('COUNTER_NOT_FOUND'));

  it('fails on other events, on a missing refusal and on another code', () => {
    const decision = given(counter, opened).when({ type: 'RaiseCounter', by: 2 });
    expect(() => decision.then(closed)).toThrow('CounterRaised');
    expect(() => decision.thenNothing()).toThrow('CounterRaised');
    expect(() => decision.thenRefuses('COUNTER_CLOSED')).toThrow('Expected COUNTER_CLOSED, but it recorded');
    const refused = given(counter).when({ type: 'CloseCounter' });
    expect(() => refused.thenRefuses('COUNTER_CLOSED')).toThrow('COUNTER_NOT_FOUND');
    expect(() => refused.thenNothing()).toThrow('There is no such counter.');
  });

  it('catches a decider that mutates its state or its history', () => {
    const careless = {
      ...counter,
      evolve: (state: ReturnType<typeof counter.evolve>, event: CounterEvent) =>
        Object.assign(state, counter.evolve(state, event)),
    };
    expect(() => given(careless, opened).when({ type: 'CloseCounter' })).toThrow('read only');
  });

  it('catches events that JSON would change', () => {
    const dated = {
      ...counter,
      decide: () => [{ type: 'CounterOpened' as const, data: { start: Number.NaN } }],
    };
    const decision = given(dated).when({ type: 'OpenCounter', start: 1 });
    expect(() => decision.then({ type: 'CounterOpened', data: { start: Number.NaN } })).toThrow(
      'JSON does not keep',
    );
  });

  it('lets a crash through as it is', () => {
    const broken = {
      ...counter,
      decide: () => {
        throw new TypeError('oops');
      },
    };
    const decision = given(broken).when({ type: 'CloseCounter' });
    expect(() => decision.thenRefuses('COUNTER_CLOSED')).toThrow(TypeError);
  });
});
