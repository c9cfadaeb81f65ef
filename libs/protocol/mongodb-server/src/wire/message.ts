/**
 * The MongoDB wire protocol's messages (mongodb.com/docs/manual/reference/mongodb-wire-protocol): OP_MSG, and OP_QUERY
 * for the first hello of a connection. Documents stay BSON bytes here.
 */
export const OP_REPLY = 1;
export const OP_QUERY = 2004;
export const OP_MSG = 2013;
export const HEADER_BYTES = 16;
/** maxMessageSizeBytes of hello. */
export const MAX_MESSAGE_BYTES = 48_000_000;

const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 1 << 1;
const EXHAUST_ALLOWED = 1 << 16;
/** Bits 0 to 15 are required: an unknown one is an error; 16 to 31 are optional. */
const KNOWN_REQUIRED_BITS = CHECKSUM_PRESENT | MORE_TO_COME;
const SMALLEST_DOCUMENT_BYTES = 5;

/** A named run of documents beside the body: `documents`, `updates`, `deletes`, `ops`, `nsInfo`. */
export interface DocumentSequence {
  readonly name: string;
  readonly documents: readonly Buffer[];
}

export interface WireRequest {
  readonly requestId: number;
  /** The command, BSON. */
  readonly body: Buffer;
  readonly sequences: readonly DocumentSequence[];
  /** Came as OP_QUERY and is answered as OP_REPLY. */
  readonly legacy: boolean;
  /** The client takes several replies to this one request. */
  readonly exhaustAllowed: boolean;
  /** The client wants no reply (w: 0). */
  readonly noReply: boolean;
  /** `<database>.$cmd`; OP_QUERY only. */
  readonly namespace?: string;
}

/** The bytes are no message of this protocol. `fatal`: nothing sensible can follow on this connection. */
export class WireError extends Error {
  override readonly name = 'WireError';

  constructor(
    message: string,
    /** The error code to answer before closing; none: close without a word. */
    readonly code?: number,
    readonly requestId = 0,
  ) {
    super(message);
  }
}

/** Reads one whole message, header included; byte fields are views of it. @throws WireError */
export function parseMessage(message: Buffer): WireRequest {
  const requestId = message.readInt32LE(4);
  const opCode = message.readInt32LE(12);
  if (opCode === OP_MSG) return parseMsg(message, requestId);
  if (opCode === OP_QUERY) return parseQuery(message, requestId);
  throw new WireError(`Opcode ${opCode} is not supported.`);
}

function parseMsg(message: Buffer, requestId: number): WireRequest {
  if (message.length < HEADER_BYTES + 4) throw new WireError('OP_MSG without flags.');
  const flags = message.readUInt32LE(HEADER_BYTES);
  if ((flags & 0xffff & ~KNOWN_REQUIRED_BITS) !== 0)
    throw new WireError('OP_MSG with unknown required flag bits.', 223, requestId);
  const end = flags & CHECKSUM_PRESENT ? message.length - 4 : message.length;
  let body: Buffer | undefined;
  const sequences: DocumentSequence[] = [];
  for (let at = HEADER_BYTES + 4; at < end; ) {
    const kind = message[at] as number;
    if (kind === 0 && !body) {
      body = documentAt(message, at + 1, end);
      at += 1 + body.length;
    } else if (kind === 1) {
      const bytes = lengthAt(message, at + 1, end);
      sequences.push(parseSequence(message.subarray(at + 5, at + 1 + bytes)));
      at += 1 + bytes;
    } else throw new WireError(kind === 0 ? 'OP_MSG with two bodies.' : `Section kind ${kind} is unknown.`);
  }
  if (!body) throw new WireError('OP_MSG without a body.');
  return {
    requestId,
    body,
    sequences,
    legacy: false,
    exhaustAllowed: (flags & EXHAUST_ALLOWED) !== 0,
    noReply: (flags & MORE_TO_COME) !== 0,
  };
}

function parseSequence(section: Buffer): DocumentSequence {
  const zero = section.indexOf(0);
  if (zero < 0) throw new WireError('A document sequence has no name.');
  const documents: Buffer[] = [];
  for (let at = zero + 1; at < section.length; ) {
    const document = documentAt(section, at, section.length);
    documents.push(document);
    at += document.length;
  }
  return { name: section.toString('utf8', 0, zero), documents };
}

/** OP_QUERY: flags, collection name, skip, limit, the query; what follows (a field selector) is not used by commands. */
function parseQuery(message: Buffer, requestId: number): WireRequest {
  const zero = message.indexOf(0, HEADER_BYTES + 4);
  if (zero < 0) throw new WireError('OP_QUERY without a collection name.');
  const namespace = message.toString('utf8', HEADER_BYTES + 4, zero);
  const body = documentAt(message, zero + 1 + 8, message.length);
  return { requestId, body, sequences: [], legacy: true, exhaustAllowed: false, noReply: false, namespace };
}

function documentAt(buffer: Buffer, at: number, end: number): Buffer {
  const bytes = lengthAt(buffer, at, end);
  if (bytes < SMALLEST_DOCUMENT_BYTES || buffer[at + bytes - 1] !== 0)
    throw new WireError('A document does not end where its length says.');
  return buffer.subarray(at, at + bytes);
}

/** A length that counts its own four bytes and stays within `end`. */
function lengthAt(buffer: Buffer, at: number, end: number): number {
  if (at + 4 > end) throw new WireError('The message ends within a section.');
  const bytes = buffer.readInt32LE(at);
  if (bytes < 4 || at + bytes > end) throw new WireError('A length points beyond the message.');
  return bytes;
}

/** One reply: OP_MSG with a single kind-0 section. `moreToCome`: another reply follows without a request. */
export function encodeMsg(
  reply: Buffer,
  ids: { requestId: number; responseTo: number },
  moreToCome: boolean,
): Buffer {
  const message = Buffer.allocUnsafe(HEADER_BYTES + 5 + reply.length);
  writeHeader(message, ids, OP_MSG);
  message.writeUInt32LE(moreToCome ? MORE_TO_COME : 0, HEADER_BYTES);
  message[HEADER_BYTES + 4] = 0;
  message.set(reply, HEADER_BYTES + 5);
  return message;
}

const REPLY_FIXED_BYTES = 20;
/** AwaitCapable: always set by servers of today. */
const AWAIT_CAPABLE = 8;

/** The answer to OP_QUERY: OP_REPLY with one document. */
export function encodeReply(reply: Buffer, ids: { requestId: number; responseTo: number }): Buffer {
  const message = Buffer.alloc(HEADER_BYTES + REPLY_FIXED_BYTES + reply.length);
  writeHeader(message, ids, OP_REPLY);
  message.writeInt32LE(AWAIT_CAPABLE, HEADER_BYTES);
  message.writeInt32LE(1, HEADER_BYTES + 16);
  message.set(reply, HEADER_BYTES + REPLY_FIXED_BYTES);
  return message;
}

function writeHeader(message: Buffer, ids: { requestId: number; responseTo: number }, opCode: number): void {
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(ids.requestId, 4);
  message.writeInt32LE(ids.responseTo, 8);
  message.writeInt32LE(opCode, 12);
}
