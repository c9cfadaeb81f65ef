export { deepFreeze } from '#libs/platform/kernel';
export { commandContext } from './command-context.js';
export {
  COUNTER_ERRORS,
  type CounterCommand,
  type CounterEvent,
  type CounterState,
  counter,
  counterAggregate,
} from './counter.js';
export {
  type CounterCall,
  closeCounter,
  counterTotals,
  openCounter,
  raiseCounter,
  startCounters,
} from './counter-process.js';
export { FaultyNetwork } from './faulty-network.js';
export { FaultyStreams, type Loss } from './faulty-streams.js';
export { fixtureProblems, sourceFolder } from './fixture-problems.js';
export { type Decision, given } from './given.js';
export { type Documents, givenProjection } from './given-projection.js';
export { type RecordedOverrides, recorded } from './recorded.js';
export { type RepeatedRun, type RepeatOptions, repeatCommands } from './repeat-commands.js';
export {
  startTestEventStore,
  startTestMongo,
  startTestStores,
  type TestStore,
  type TestStores,
} from './test-stores.js';
