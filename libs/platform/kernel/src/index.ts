export type { Aggregate, AnyAggregate, ConflictPolicy } from './aggregate.js';
export { Clock, SystemClock } from './clock.js';
export { type ContextDefinition, eventTypesOf } from './context.js';
export type { Decider } from './decider.js';
export { deepFreeze } from './deep-freeze.js';
export {
  DomainError,
  type DomainErrorOptions,
  type ErrorDefinition,
  type ErrorKind,
  type ErrorTable,
} from './domain-error.js';
export type {
  DomainEvent,
  EventMetadata,
  EventType,
  EventTypes,
  RecordedEvent,
  Upcaster,
} from './event.js';
export { type FieldChange, fieldChanges, isSame, valueAt } from './field-changes.js';
export { derivedId, newId } from './ids.js';
export { addMoney, formatAmount, type Money, MoneyError, parseAmount, plus, times } from './money.js';
export type { Fold, IndexDefinition, Projection } from './projection.js';
