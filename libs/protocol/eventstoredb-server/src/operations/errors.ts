import { GrpcError, GrpcStatus } from '../grpc/index.js';
import { LogUnavailableError } from '../storage/index.js';
import { type ExpectedRevision, MalformedMessageError } from '../wire/index.js';

/** Errors with the trailers by which clients tell them apart (EventStoreDB: RpcExceptions, Constants). */

export function streamDeleted(stream: string): GrpcError {
  return new GrpcError(GrpcStatus.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });
}

export function wrongExpectedVersion(
  stream: string,
  expected: ExpectedRevision,
  lastRevision: number,
): GrpcError {
  const wanted = EXPECTED_AS_NUMBER[String(expected)] ?? String(expected);
  const details = `Operation failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${wanted}, Actual version: ${lastRevision}`;
  return new GrpcError(GrpcStatus.FAILED_PRECONDITION, details, {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': wanted,
    'actual-version': String(lastRevision),
  });
}

/** How the words travel in trailers. */
const EXPECTED_AS_NUMBER: Readonly<Record<string, string>> = {
  any: '-2',
  no_stream: '-1',
  stream_exists: '-4',
};

export function maxAppendSizeExceeded(maxBytes: number): GrpcError {
  const details = `Maximum Append Size of ${maxBytes} Exceeded.`;
  return new GrpcError(GrpcStatus.INVALID_ARGUMENT, details, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(maxBytes),
  });
}

export function maxAppendEventSizeExceeded(eventId: string, bytes: number, maxBytes: number): GrpcError {
  const details = `Event with Id: ${eventId}, Size: ${bytes} exceeds Maximum Append Event Size of ${maxBytes}.`;
  return new GrpcError(GrpcStatus.INVALID_ARGUMENT, details, {
    exception: 'maximum-append-event-size-exceeded',
    'event-id': eventId,
    'proposed-append-event-size': String(bytes),
    'maximum-append-event-size': String(maxBytes),
  });
}

export function requiredMetadataMissing(): GrpcError {
  return new GrpcError(
    GrpcStatus.INVALID_ARGUMENT,
    'Required Metadata Property is missing: type,content-type',
    {
      exception: 'missing-required-metadata-property',
      'required-metadata-properties': 'type,content-type',
    },
  );
}

export function invalidArgument(details: string): GrpcError {
  return new GrpcError(GrpcStatus.INVALID_ARGUMENT, details);
}

/** What the storage and the codecs throw, as a status; other errors stay what they are. */
export function asGrpcError(error: unknown): unknown {
  if (error instanceof LogUnavailableError)
    return new GrpcError(GrpcStatus.RESOURCE_EXHAUSTED, error.message, {}, { cause: error });
  if (error instanceof MalformedMessageError)
    return new GrpcError(
      GrpcStatus.INTERNAL,
      `The request cannot be read: ${error.message}`,
      {},
      { cause: error },
    );
  return error;
}
