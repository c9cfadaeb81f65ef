import { crc32 } from 'node:zlib';

/**
 * A record holds the events of one append, whole or not at all:
 *
 *     u32 bytes of the body | u32 CRC-32 of what follows | f64 durable end | body | zeros up to 8 bytes
 *
 * The body is event frames one behind the other, as they are sent. The durable end is the log's end that was
 * surely on disk when the record was written; it tells a tail that a power cut tore (nothing after it claims
 * that it was on disk) from damage to what was acknowledged.
 */
export const RECORD_HEADER_BYTES = 16;
export const RECORD_ALIGNMENT = 8;
const CHECKED_FROM = 8;

export interface RecordView {
  /** Where the body starts and ends in the buffer, and where the next record starts. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly next: number;
  readonly durableEnd: number;
}

export function recordBytes(bodyBytes: number): number {
  return Math.ceil((RECORD_HEADER_BYTES + bodyBytes) / RECORD_ALIGNMENT) * RECORD_ALIGNMENT;
}

/** Writes a record of the frames at `at`, which has room for it; returns where the next one starts. */
export function writeRecord(into: Buffer, at: number, frames: readonly Buffer[], durableEnd: number): number {
  const bodyStart = at + RECORD_HEADER_BYTES;
  let end = bodyStart;
  for (const frame of frames) {
    into.set(frame, end);
    end += frame.length;
  }
  into.writeDoubleLE(durableEnd, at + CHECKED_FROM);
  into.writeUInt32LE(end - bodyStart, at);
  into.writeUInt32LE(crc32(into.subarray(at + CHECKED_FROM, end)), at + 4);
  const next = at + recordBytes(end - bodyStart);
  into.fill(0, end, next);
  return next;
}

/** How many bytes the record at `at` says it takes; needs its header only. */
export function claimedRecordBytes(buffer: Buffer, at: number): number {
  return recordBytes(buffer.readUInt32LE(at));
}

/** The record at `at`, or undefined when it is not whole and right. */
export function readRecord(buffer: Buffer, at: number): RecordView | undefined {
  if (buffer.length - at < RECORD_HEADER_BYTES) return undefined;
  const bodyBytes = buffer.readUInt32LE(at);
  const next = at + recordBytes(bodyBytes);
  if (bodyBytes === 0 || next > buffer.length) return undefined;
  const bodyEnd = at + RECORD_HEADER_BYTES + bodyBytes;
  if (crc32(buffer.subarray(at + CHECKED_FROM, bodyEnd)) !== buffer.readUInt32LE(at + 4)) return undefined;
  const durableEnd = buffer.readDoubleLE(at + CHECKED_FROM);
  return { bodyStart: at + RECORD_HEADER_BYTES, bodyEnd, next, durableEnd };
}
