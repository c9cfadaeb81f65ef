import { KnownTexts } from './known-texts.js';
import { ProtoReader } from './proto-reader.js';

/** What a writer expects of the stream: a revision, or one of the words. */
export type ExpectedRevision = bigint | 'any' | 'no_stream' | 'stream_exists';

/** A revision of 2^64 - 1 is read as "no stream", as EventStoreDB does. */
const NO_STREAM_REVISION = 2n ** 64n - 1n;

/** An event that a client wants to append; views of the message that brought it. */
export interface ProposedMessage {
  /** UUID in lower case with dashes; undefined when it is missing or none. */
  readonly id: string | undefined;
  readonly type: string | undefined;
  readonly contentType: string | undefined;
  readonly customMetadata: Buffer;
  readonly data: Buffer;
}

const EMPTY: Buffer = Buffer.alloc(0);
const WORDS = new KnownTexts(512);
const STREAMS = new KnownTexts(8_192);

/** ProposedMessage of AppendReq and BatchAppendReq, which comes next: the same fields in both. */
export function readProposedMessage(reader: ProtoReader): ProposedMessage {
  const outer = reader.enter();
  let id: string | undefined;
  let customMetadata = EMPTY;
  let data = EMPTY;
  const properties: EventProperties = { type: undefined, contentType: undefined };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x0a) id = readUuid(reader);
    else if (tag === 0x12) readProperty(reader, properties);
    else if (tag === 0x1a) customMetadata = reader.bytes();
    else if (tag === 0x22) data = reader.bytes();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { id, type: properties.type, contentType: properties.contentType, customMetadata, data };
}

/** The UUID that comes next, as text or as two 64-bit halves; undefined when it is neither. */
export function readUuid(reader: ProtoReader): string | undefined {
  const outer = reader.enter();
  let id: string | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x12) id = reader.uuidText();
    else if (tag === 0x0a) id = readStructuredUuid(reader.message());
    else reader.skip(tag);
  }
  reader.leave(outer);
  return id;
}

function readStructuredUuid(reader: ProtoReader): string {
  let high = 0n;
  let low = 0n;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x08) high = reader.bigint();
    else if (tag === 0x10) low = reader.bigint();
    else reader.skip(tag);
  }
  const hex = ((high << 64n) | low).toString(16).padStart(32, '0');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

interface EventProperties {
  type: string | undefined;
  contentType: string | undefined;
}

function readProperty(reader: ProtoReader, into: EventProperties): void {
  const outer = reader.enter();
  let key = '';
  let value = '';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x0a) key = reader.knownText(WORDS);
    else if (tag === 0x12) value = reader.knownText(WORDS);
    else reader.skip(tag);
  }
  reader.leave(outer);
  if (key === 'type') into.type = value;
  else if (key === 'content-type') into.contentType = value;
}

/** StreamIdentifier { bytes stream_name = 3 }, which comes next. */
export function readStreamName(reader: ProtoReader): string {
  const outer = reader.enter();
  let name = '';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x1a) name = reader.knownText(STREAMS);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return name;
}

/** The stream and expected revision of AppendReq.Options and BatchAppendReq.Options: fields 1 to 5 in both. */
export interface AppendTarget {
  stream: string | undefined;
  expected: ExpectedRevision | undefined;
}

/** Takes one field of the target. @returns false when the field is none of it. */
export function readTargetField(reader: ProtoReader, tag: number, into: AppendTarget): boolean {
  if (tag === 0x0a) into.stream = readStreamName(reader);
  else if (tag === 0x10) {
    const revision = reader.bigint();
    into.expected = revision === NO_STREAM_REVISION ? 'no_stream' : revision;
  } else if (tag === 0x1a || tag === 0x22 || tag === 0x2a) {
    reader.bytes();
    into.expected = tag === 0x1a ? 'no_stream' : tag === 0x22 ? 'any' : 'stream_exists';
  } else return false;
  return true;
}
