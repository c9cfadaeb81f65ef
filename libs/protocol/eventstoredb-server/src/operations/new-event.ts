import { GrpcError, GrpcStatus } from '../grpc/index.js';
import type { NodeLimits } from '../node-context.js';
import type { NewEvent } from '../streams/stream-writer.js';
import type { ProposedMessage } from '../wire/index.js';
import { invalidArgument, requiredMetadataMissing } from './errors.js';

const EMPTY_ID = '00000000-0000-0000-0000-000000000000';
/** Of a log record of EventStoreDB: TFConsts.EffectiveMaxLogRecordSize. */
const MAX_RECORD_BYTES = 16_767_216;

/** @throws GrpcError for what can never be stored. */
export function newEventOf(message: ProposedMessage): NewEvent {
  const { id, type, contentType, customMetadata, data } = message;
  if (type === undefined || contentType === undefined) throw requiredMetadataMissing();
  if (id === undefined) throw invalidArgument('The event id is missing, or is not a UUID.');
  if (id === EMPTY_ID) throw new GrpcError(GrpcStatus.UNKNOWN, 'Empty eventId provided.');
  if (type === '') throw new GrpcError(GrpcStatus.UNKNOWN, 'Empty eventType provided.');
  if (data.length + customMetadata.length > MAX_RECORD_BYTES)
    throw new GrpcError(GrpcStatus.UNKNOWN, 'Record is too big.');
  return { id, type, isJson: contentType === 'application/json', customMetadata, data };
}

export function checkStreamName(stream: string | undefined): string {
  if (stream === undefined || stream === '' || stream === '$$')
    throw new GrpcError(GrpcStatus.UNKNOWN, `'${stream ?? ''}' is not a stream name.`);
  return stream;
}

/** Bounds what an append takes in memory before it is whole: metadata, types and empty events count for no limit. */
const MAX_APPEND_MEMORY_BYTES = 64 * 1024 * 1024;
const EVENT_MEMORY_BYTES = 200;

/** Adds up the sizes of one append. Only data counts, as in every EventStoreDB before 24.10.4. */
export class AppendSize {
  #bytes = 0;
  #memoryBytes = 0;

  constructor(private readonly limits: NodeLimits) {}

  /** What the events take, about. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** Which limit the event breaks, if any. @throws GrpcError when the append is out of all proportion. */
  add(event: NewEvent): 'event' | 'append' | undefined {
    this.#memoryBytes +=
      EVENT_MEMORY_BYTES + event.data.length + event.customMetadata.length + event.type.length;
    if (this.#memoryBytes > Math.max(MAX_APPEND_MEMORY_BYTES, 2 * this.limits.maxAppendBytes))
      throw new GrpcError(GrpcStatus.UNKNOWN, 'Record is too big.');
    if (event.data.length > this.limits.maxAppendEventBytes) return 'event';
    this.#bytes += event.data.length;
    return this.#bytes > this.limits.maxAppendBytes ? 'append' : undefined;
  }
}
