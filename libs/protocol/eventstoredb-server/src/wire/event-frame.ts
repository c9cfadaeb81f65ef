import { PREFIX_BYTES } from '../grpc/deframer.js';
import { ProtoReader } from './proto-reader.js';
import { fieldBytes, ProtoWriter, textBytes, varintBytes } from './proto-writer.js';

/** An event as it is sent and stored. Byte fields may be views of a larger buffer. */
export interface EventFields extends NewEventFields {
  readonly stream: Buffer;
  readonly revision: bigint;
  readonly position: bigint;
}

/** The same on its way in; what is known as text or number need not be made bytes or bigint. */
export interface NewEventFields {
  /** UUID, lower case with dashes. */
  readonly id: string;
  readonly stream: Uint8Array | string;
  readonly revision: bigint | number;
  /** Commit and prepare position are one on this node. */
  readonly position: bigint | number;
  readonly type: string;
  /** `application/json` or `application/octet-stream`. */
  readonly contentType: string;
  /** Time of append in ticks of 100 ns since the Unix epoch, as the client reads it: decimal text. */
  readonly created: string;
  readonly customMetadata: Uint8Array;
  readonly data: Uint8Array;
}

const UUID_TEXT_BYTES = 36;
const UUID_BYTES = fieldBytes(UUID_TEXT_BYTES);

/**
 * The whole answer that carries one event, ready to be sent: gRPC prefix and
 * `ReadResp { event { event, commit_position } }` (event_store.client.streams).
 */
export function encodeEventFrame(event: NewEventFields): Buffer {
  const sizes = recordedEventBytes(event);
  const inner = fieldBytes(sizes.total) + 1 + varintBytes(event.position);
  const message = fieldBytes(inner);
  const writer = new ProtoWriter(PREFIX_BYTES + message).byte(0).uint32BE(message);
  writer.open(1, inner).open(1, sizes.total);
  writeRecordedEvent(writer, event, sizes);
  return writer.uint(3, event.position).finished();
}

interface Sizes {
  readonly total: number;
  readonly stream: number;
  readonly type: number;
  readonly contentType: number;
}

function recordedEventBytes(event: NewEventFields): Sizes {
  const stream = typeof event.stream === 'string' ? textBytes(event.stream) : event.stream.length;
  const type = textBytes(event.type);
  const contentType = textBytes(event.contentType);
  const total =
    fieldBytes(UUID_BYTES) +
    fieldBytes(fieldBytes(stream)) +
    (1 + varintBytes(event.revision)) +
    2 * (1 + varintBytes(event.position)) +
    fieldBytes(entryBytes('type', type)) +
    fieldBytes(entryBytes('created', event.created.length)) +
    fieldBytes(entryBytes('content-type', contentType)) +
    fieldBytes(event.customMetadata.length) +
    fieldBytes(event.data.length);
  return { total, stream, type, contentType };
}

function entryBytes(key: string, valueBytes: number): number {
  return fieldBytes(key.length) + fieldBytes(valueBytes);
}

function writeRecordedEvent(writer: ProtoWriter, event: NewEventFields, sizes: Sizes): void {
  writer.open(1, UUID_BYTES).text(2, event.id, UUID_TEXT_BYTES);
  writer.open(2, fieldBytes(sizes.stream));
  if (typeof event.stream === 'string') writer.text(3, event.stream, sizes.stream);
  else writer.bytes(3, event.stream);
  writer.uint(3, event.revision).uint(4, event.position).uint(5, event.position);
  writeEntry(writer, 'type', event.type, sizes.type);
  writeEntry(writer, 'created', event.created, event.created.length);
  writeEntry(writer, 'content-type', event.contentType, sizes.contentType);
  writer.bytes(7, event.customMetadata).bytes(8, event.data);
}

function writeEntry(writer: ProtoWriter, key: string, value: string, valueBytes: number): void {
  writer.open(6, entryBytes(key, valueBytes)).text(1, key, key.length).text(2, value, valueBytes);
}

/** The `RecordedEvent` within an event frame, encoded: what a resolved link embeds. */
export function recordedEventOf(frame: Buffer): Buffer {
  const response = new ProtoReader(frame, PREFIX_BYTES);
  response.tag();
  const readEvent = response.message();
  readEvent.tag();
  return readEvent.bytes();
}

/** Reads an event frame back; byte fields are views of `frame`. */
export function readEventFrame(frame: Buffer): EventFields {
  const reader = new ProtoReader(recordedEventOf(frame));
  const fields = {
    id: '',
    stream: EMPTY,
    revision: 0n,
    position: 0n,
    type: '',
    contentType: '',
    created: '',
  };
  let customMetadata = EMPTY;
  let data = EMPTY;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x0a) fields.id = only(reader.message(), 0x12).toString('latin1');
    else if (tag === 0x12) fields.stream = only(reader.message(), 0x1a);
    else if (tag === 0x18) fields.revision = reader.bigint();
    else if (tag === 0x28) fields.position = reader.bigint();
    else if (tag === 0x32) readEntry(reader.message(), fields);
    else if (tag === 0x3a) customMetadata = reader.bytes();
    else if (tag === 0x42) data = reader.bytes();
    else reader.skip(tag);
  }
  return { ...fields, customMetadata, data };
}

const EMPTY: Buffer = Buffer.alloc(0);

function only(reader: ProtoReader, wanted: number): Buffer {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === wanted) return reader.bytes();
    reader.skip(tag);
  }
  return EMPTY;
}

function readEntry(entry: ProtoReader, into: { type: string; contentType: string; created: string }): void {
  let key = '';
  let value = '';
  for (let tag = entry.tag(); tag !== 0; tag = entry.tag()) {
    if (tag === 0x0a) key = entry.text();
    else if (tag === 0x12) value = entry.text();
    else entry.skip(tag);
  }
  if (key === 'type') into.type = value;
  else if (key === 'created') into.created = value;
  else if (key === 'content-type') into.contentType = value;
}
