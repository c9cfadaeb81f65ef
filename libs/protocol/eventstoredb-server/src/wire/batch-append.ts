import { PREFIX_BYTES } from '../grpc/deframer.js';
import {
  type AppendTarget,
  type ProposedMessage,
  readProposedMessage,
  readTargetField,
  readUuid,
} from './proposed-message.js';
import { ProtoReader } from './proto-reader.js';
import { fieldBytes, ProtoWriter, textBytes, varintBytes } from './proto-writer.js';

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
    if (tag === 0x0a) correlationId = readUuid(reader);
    else if (tag === 0x12) options = readOptions(reader);
    else if (tag === 0x1a) messages.push(readProposedMessage(reader));
    else if (tag === 0x20) isFinal = reader.bigint() !== 0n;
    else reader.skip(tag);
  }
  return { correlationId, options, messages, isFinal };
}

function readOptions(reader: ProtoReader): BatchAppendOptions {
  const outer = reader.enter();
  const options: BatchAppendOptions = { stream: undefined, expected: undefined, deadlineAt: undefined };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x32) options.deadlineAt = readTimestamp(reader.message());
    else if (tag === 0x3a) options.deadlineAt = Date.now() + readTimestamp(reader.message());
    else if (!readTargetField(reader, tag, options)) reader.skip(tag);
  }
  reader.leave(outer);
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
  readonly stream: string;
  /** -1: the stream has no event. */
  readonly revision: number;
  /** Undefined: nothing was written, and what was before cannot be read. */
  readonly position: number | undefined;
}

const UUID_TEXT_BYTES = 36;
const UUID_BYTES = fieldBytes(UUID_TEXT_BYTES);

/** A BatchAppendResp for each, ready to be sent: with their gRPC prefixes, one behind the other. */
export function encodeBatchAppendSuccesses(successes: readonly BatchAppendSuccess[]): Buffer {
  let total = 0;
  for (const success of successes) total += PREFIX_BYTES + sizesOf(success).message;
  const writer = new ProtoWriter(total);
  for (const success of successes) {
    const sizes = sizesOf(success);
    writer.byte(0).uint32BE(sizes.message);
    writeSuccess(writer, success, sizes);
  }
  return writer.finished();
}

function sizesOf({ stream, revision, position }: BatchAppendSuccess) {
  const name = textBytes(stream);
  const positions = position === undefined ? 0 : 2 * (1 + varintBytes(position));
  const inner = (revision === -1 ? 2 : 1 + varintBytes(revision)) + fieldBytes(positions);
  const message = fieldBytes(UUID_BYTES) + fieldBytes(inner) + fieldBytes(fieldBytes(name));
  return { name, positions, inner, message };
}

function writeSuccess(
  writer: ProtoWriter,
  { correlationId, stream, revision, position }: BatchAppendSuccess,
  sizes: ReturnType<typeof sizesOf>,
): void {
  writer.open(1, UUID_BYTES).text(2, correlationId, UUID_TEXT_BYTES).open(3, sizes.inner);
  if (revision === -1) writer.open(2, 0);
  else writer.uint(1, revision);
  if (position === undefined) writer.open(4, 0);
  else writer.open(3, sizes.positions).uint(1, position).uint(2, position);
  writer.open(4, fieldBytes(sizes.name)).text(3, stream, sizes.name);
}
