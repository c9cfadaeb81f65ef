import {
  type AppendTarget,
  type ProposedMessage,
  readProposedMessage,
  readTargetField,
  readUuid,
} from './proposed-message.js';
import { ProtoReader } from './proto-reader.js';
import { fieldBytes, ProtoWriter, varintBytes } from './proto-writer.js';

export interface BatchAppendOptions extends AppendTarget {
  /** When the client stops waiting, in milliseconds since the epoch. */
  deadlineAt: number | undefined;
}

/** One chunk of one append on the shared `Streams.BatchAppend` call. */
export interface BatchAppendReq {
  /** Text UUID; undefined when missing or none. */
  readonly correlationId: string | undefined;
  /** On the first chunk of a correlation. */
  readonly options: Readonly<BatchAppendOptions> | undefined;
  readonly messages: readonly ProposedMessage[];
  readonly isFinal: boolean;
}

/** Byte fields are views of `bytes`. @throws MalformedMessageError */
export function decodeBatchAppendReq(bytes: Buffer): BatchAppendReq {
  const reader = new ProtoReader(bytes);
  const messages: ProposedMessage[] = [];
  let correlationId: string | undefined;
  let options: BatchAppendOptions | undefined;
  let isFinal = false;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x0a) correlationId = readUuid(reader.message());
    else if (tag === 0x12) options = readOptions(reader.message());
    else if (tag === 0x1a) messages.push(readProposedMessage(reader.message()));
    else if (tag === 0x20) isFinal = reader.number() !== 0;
    else reader.skip(tag);
  }
  return { correlationId, options, messages, isFinal };
}

function readOptions(reader: ProtoReader): BatchAppendOptions {
  const options: BatchAppendOptions = { stream: undefined, expected: undefined, deadlineAt: undefined };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x32) options.deadlineAt = readTimestamp(reader.message());
    else if (tag === 0x3a) options.deadlineAt = Date.now() + readTimestamp(reader.message());
    else if (!readTargetField(reader, tag, options)) reader.skip(tag);
  }
  return options;
}

/** google.protobuf.Timestamp and Duration: seconds and nanoseconds; the answer is in milliseconds. */
function readTimestamp(reader: ProtoReader): number {
  let seconds = 0n;
  let nanos = 0n;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x08) seconds = BigInt.asIntN(64, reader.bigint());
    else if (tag === 0x10) nanos = BigInt.asIntN(64, reader.bigint());
    else reader.skip(tag);
  }
  return Number(seconds) * 1_000 + Number(nanos) / 1e6;
}

export interface BatchAppendSuccess {
  readonly correlationId: string;
  readonly stream: Uint8Array;
  /** Undefined: the stream has no event. */
  readonly revision: bigint | undefined;
  /** Undefined: nothing was written, and what was before cannot be read. */
  readonly position: bigint | undefined;
}

const UUID_TEXT_BYTES = 36;
const UUID_BYTES = fieldBytes(UUID_TEXT_BYTES);

/** BatchAppendResp with a success, without the gRPC prefix. */
export function encodeBatchAppendSuccess(success: BatchAppendSuccess): Buffer {
  const { correlationId, stream, revision, position } = success;
  const positionBytes = position === undefined ? 0 : 2 * (1 + varintBytes(position));
  const revisionBytes = revision === undefined ? 2 : 1 + varintBytes(revision);
  const inner = revisionBytes + fieldBytes(positionBytes);
  const size = fieldBytes(UUID_BYTES) + fieldBytes(inner) + fieldBytes(fieldBytes(stream.length));
  const writer = new ProtoWriter(size);
  writer.open(1, UUID_BYTES).text(2, correlationId, UUID_TEXT_BYTES).open(3, inner);
  if (revision === undefined) writer.open(2, 0);
  else writer.uint(1, revision);
  if (position === undefined) writer.open(4, 0);
  else writer.open(3, positionBytes).uint(1, position).uint(2, position);
  return writer.open(4, fieldBytes(stream.length)).bytes(3, stream).finished();
}
