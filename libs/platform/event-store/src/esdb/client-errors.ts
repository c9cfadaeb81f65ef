import {
  AccessDeniedError,
  isCommandError,
  MaxAppendSizeExceededError,
  NotLeaderError,
  StreamDeletedError,
  StreamNotFoundError,
  UnavailableError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import {
  type AppendAnswer,
  AppendOutcomeUnknownError,
  StoreUnavailableError,
  StreamRefusedError,
} from '../event-streams.js';

const RESOURCE_EXHAUSTED = 8;
const UNAVAILABLE = 14;

/** What a failed append means: a conflict, or an error of the port that says whether it was sent. */
export function appendFailure(cause: unknown): AppendAnswer | Error {
  if (cause instanceof WrongExpectedVersionError) {
    const { actualVersion } = cause;
    return {
      outcome: 'conflict',
      actual: actualVersion === 'no_stream' ? actualVersion : BigInt(actualVersion),
    };
  }
  const refusal = refusalOf(cause);
  if (refusal) return refusal;
  const message = messageOf(cause);
  if (wasNotSent(cause)) return new StoreUnavailableError(message, { cause });
  return new AppendOutcomeUnknownError(message, { cause });
}

/** Undefined where the failure says that there is no such stream. */
export function readFailure(cause: unknown): Error | undefined {
  if (cause instanceof StreamNotFoundError) return undefined;
  return refusalOf(cause) ?? new StoreUnavailableError(messageOf(cause), { cause });
}

function refusalOf(cause: unknown): StreamRefusedError | undefined {
  const message = messageOf(cause);
  if (cause instanceof StreamDeletedError) return new StreamRefusedError('deleted', message, { cause });
  if (cause instanceof AccessDeniedError) return new StreamRefusedError('access_denied', message, { cause });
  // gRPC answers RESOURCE_EXHAUSTED to a message above its own limit, before EventStoreDB counts the events.
  if (cause instanceof MaxAppendSizeExceededError || codeOf(cause) === RESOURCE_EXHAUSTED)
    return new StreamRefusedError('too_large', message, { cause });
  return undefined;
}

/**
 * The client asks for the server's features before it sends, and gives that error raw; a channel that was never up
 * says so; a follower refuses. Any other failure may have come after the events had arrived.
 */
function wasNotSent(cause: unknown): boolean {
  if (cause instanceof NotLeaderError) return true;
  if (!(cause instanceof Error) || codeOf(cause) !== UNAVAILABLE) return false;
  return (
    !isCommandError(cause) ||
    (cause instanceof UnavailableError && /No connection established/.test(cause.message))
  );
}

/** The client drops a channel that answers so, and makes another for the next call. */
export const recoversAlone = (cause: unknown) => codeOf(cause) === UNAVAILABLE;

const codeOf = (cause: unknown) => (cause as { code?: unknown } | undefined)?.code;
const messageOf = (cause: unknown) => (cause instanceof Error && cause.message) || String(cause);
