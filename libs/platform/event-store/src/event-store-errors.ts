import { DomainError, type DomainErrorOptions, type ErrorTable } from '#libs/platform/kernel';

/** What the event store itself answers to a command, whatever the aggregate. */
export const EVENT_STORE_ERRORS = {
  COMMAND_ID_REUSED: {
    kind: 'unprocessable',
    message: 'This command id (Idempotency-Key) was already used for another command on the same resource.',
  },
  STREAM_REVISION_MISMATCH: {
    kind: 'precondition_failed',
    message: 'The resource has changed since the revision that you named (If-Match).',
  },
  CONCURRENT_CHANGE: {
    kind: 'conflict',
    message: 'Another command changed the resource at the same time. Read it again before you repeat yours.',
  },
  COMMAND_TOO_LARGE: {
    kind: 'unprocessable',
    message: 'The command records more than the event store takes in one append.',
  },
  STREAM_DELETED: {
    kind: 'conflict',
    message: 'The history under this id was deleted; the id cannot be used again.',
  },
  EVENT_STORE_UNAVAILABLE: {
    kind: 'unavailable',
    message: 'The event store is out of reach. Repeat the command with the same Idempotency-Key.',
  },
  EVENT_UNREADABLE: {
    kind: 'unavailable',
    message: 'The history holds an event that this version of the software cannot read.',
  },
} as const satisfies ErrorTable;

export type EventStoreErrorCode = keyof typeof EVENT_STORE_ERRORS;

/** @see EVENT_STORE_ERRORS */
export class EventStoreError extends DomainError {
  override readonly name: string = 'EventStoreError';
  constructor(code: EventStoreErrorCode, options?: DomainErrorOptions) {
    super(code, EVENT_STORE_ERRORS[code], options);
  }
}
