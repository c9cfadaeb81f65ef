import { Any, Empty, shared, status, streams } from '../generated-codecs.js';
import { GrpcError, GrpcStatus } from '../grpc/index.js';
import { LogUnavailableError } from '../storage/index.js';
import type { ExpectedRevision } from '../wire/index.js';

/**
 * An append of a batch that failed. It is told within the stream, always with the correlation id, the
 * stream and details: clients fail hard without any of them (EventStoreDB: Status, BatchAppendResp).
 */
export interface BatchAppendFailure {
  readonly code: number;
  readonly message: string;
  readonly detailsType: string;
  readonly details: Uint8Array;
}

const client = (name: string) => `type.googleapis.com/event_store.client.${name}`;
const NOTHING = new Uint8Array(0);

export function wrongVersionFailure(lastRevision: number, expected: ExpectedRevision): BatchAppendFailure {
  const details = new shared.WrongExpectedVersion();
  if (lastRevision === -1) details.setCurrentNoStream(new Empty());
  else details.setCurrentStreamRevision(String(lastRevision));
  if (expected === 'any') details.setExpectedAny(new Empty());
  else if (expected === 'stream_exists') details.setExpectedStreamExists(new Empty());
  else if (expected === 'no_stream') details.setExpectedNoStream(new Empty());
  else details.setExpectedStreamPosition(String(expected));
  return {
    code: GrpcStatus.ALREADY_EXISTS,
    message: 'WrongExpectedVersion',
    detailsType: client('WrongExpectedVersion'),
    details: details.serializeBinary(),
  };
}

export function deletedFailure(stream: string): BatchAppendFailure {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream));
  const details = new shared.StreamDeleted();
  details.setStreamIdentifier(identifier);
  return {
    code: GrpcStatus.NOT_FOUND,
    message: 'StreamDeleted',
    detailsType: client('StreamDeleted'),
    details: details.serializeBinary(),
  };
}

export const TIMEOUT_FAILURE: BatchAppendFailure = {
  code: GrpcStatus.DEADLINE_EXCEEDED,
  message: 'Timeout',
  detailsType: client('Timeout'),
  details: NOTHING,
};

export function appendSizeFailure(maxBytes: number): BatchAppendFailure {
  const details = new shared.MaximumAppendSizeExceeded();
  details.setMaxappendsize(maxBytes);
  return {
    code: GrpcStatus.INVALID_ARGUMENT,
    message: 'MaximumAppendSizeExceeded',
    detailsType: client('MaximumAppendSizeExceeded'),
    details: details.serializeBinary(),
  };
}

/** Its details came with 24.10.4; this client's package does not know them, and reads the text. */
export function eventSizeFailure(): BatchAppendFailure {
  return {
    code: GrpcStatus.INVALID_ARGUMENT,
    message: 'MaximumAppendEventSizeExceeded',
    detailsType: client('MaximumAppendEventSizeExceeded'),
    details: NOTHING,
  };
}

/** What the request or the disk made impossible, as a failure; undefined for a bug, which ends the stream. */
export function failureOf(error: unknown): BatchAppendFailure | undefined {
  if (error instanceof LogUnavailableError)
    return {
      code: GrpcStatus.INTERNAL,
      message: error.message,
      detailsType: 'type.googleapis.com/google.protobuf.Empty',
      details: NOTHING,
    };
  if (!(error instanceof GrpcError)) return undefined;
  const details = new shared.BadRequest();
  details.setMessage(error.details);
  return {
    code: GrpcStatus.INVALID_ARGUMENT,
    message: error.details,
    detailsType: client('BadRequest'),
    details: details.serializeBinary(),
  };
}

export function encodeFailure(
  correlationId: string,
  stream: string,
  failure: BatchAppendFailure,
): Uint8Array {
  const id = new shared.UUID();
  id.setString(correlationId);
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream));
  const details = new Any();
  details.setTypeUrl(failure.detailsType);
  details.setValue(failure.details);
  const error = new status.Status();
  error.setCode(failure.code as Parameters<typeof error.setCode>[0]);
  error.setMessage(failure.message);
  error.setDetails(details);
  const answer = new streams.BatchAppendResp();
  answer.setCorrelationId(id);
  answer.setStreamIdentifier(identifier);
  answer.setError(error);
  return answer.serializeBinary();
}
