import { DATA_BYTES, METADATA_BYTES } from './events.js';

/** Parts of a BatchAppendReq, encoded once; a client fills in numbers. */
export const PREFIX_BYTES = 5;
export const UUID_BYTES = 36;
/** Digits at the end of a UUID that count: correlations, or events. */
export const HEX_DIGITS = 12;
const UUID_HEAD = '00000000-0000-4000-8000-';
/** Tags and lengths of a UUID field and of the text in it. */
const UUID_FIELD_HEAD_BYTES = 4;
/** Where the options start in a request: behind the prefix and the correlation id. */
export const OPTIONS_AT = PREFIX_BYTES + UUID_FIELD_HEAD_BYTES + UUID_BYTES;
/** is_final = true */
export const LAST_CHUNK = Buffer.from([0x20, 1]);
const HEX = Buffer.from('0123456789abcdef');

/**
 * A request up to the expected revision: prefix, correlation id, options with the stream. Whoever completes it
 * sets the length of the message, and adds the bytes of the expected revision to that of the options.
 */
export function requestHead(correlation: number, stream: string): Buffer {
  const id = Buffer.from(`${UUID_HEAD}${correlation.toString(16).padStart(HEX_DIGITS, '0')}`);
  const identifier = field(1, field(3, Buffer.from(stream)));
  return Buffer.concat([
    Buffer.alloc(PREFIX_BYTES),
    field(1, field(2, id)),
    Buffer.from([0x12, identifier.length]),
    identifier,
  ]);
}

/** One proposed message. `run`, 8 hexadecimal digits, makes its ids differ from those of other runs. */
export function encodedEvent(run: string, type: string): { bytes: Buffer; idDigitsAt: number } {
  const idText = `${run}${UUID_HEAD.slice(run.length)}${'0'.repeat(HEX_DIGITS)}`;
  const property = (key: string, value: string) =>
    field(2, Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(value))]));
  const message = [
    field(1, field(2, Buffer.from(idText))),
    property('type', type),
    property('content-type', 'application/json'),
    field(3, METADATA_BYTES),
    field(4, DATA_BYTES),
  ];
  const bytes = field(3, Buffer.concat(message));
  return { bytes, idDigitsAt: bytes.indexOf(idText) + UUID_BYTES - HEX_DIGITS };
}

function field(number: number, content: Buffer): Buffer {
  const head = Buffer.alloc(6);
  head[0] = (number << 3) | 2;
  return Buffer.concat([head.subarray(0, writeVarint(head, 1, content.length)), content]);
}

export function writeVarint(bytes: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
  bytes[at++] = rest;
  return at;
}

/** Fills the low digits in; those before are zeros. */
export function writeHex(bytes: Buffer, at: number, value: number): void {
  let rest = value;
  for (let digit = HEX_DIGITS - 1; digit >= 0 && rest > 0; digit--) {
    bytes[at + digit] = HEX[rest & 15] as number;
    rest = Math.floor(rest / 16);
  }
}
