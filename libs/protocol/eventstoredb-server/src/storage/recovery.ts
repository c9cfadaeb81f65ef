import {
  claimedRecordBytes,
  RECORD_ALIGNMENT,
  RECORD_HEADER_BYTES,
  type RecordView,
  readRecord,
} from './record.js';
import { LogDamagedError, type Segment } from './segment.js';
import type { SegmentedLog } from './segmented-log.js';

const PIECE_BYTES = 4 * 1024 * 1024;

/** Called for each record in order with its body; `offset` and `next` are where it starts and ends in the log. */
export type OnRecord = (body: Buffer, offset: number, next: number) => void;

/**
 * Reads the whole log at start, checks every checksum and cuts a torn tail at the last whole record.
 * @throws LogDamagedError when something is wrong before data that was acknowledged.
 */
export async function recoverLog(log: SegmentedLog, onRecord: OnRecord): Promise<{ cutBytes: number }> {
  let cutBytes = 0;
  for (const segment of log.all) {
    const wholeUpTo = await readSegment(segment, onRecord);
    if (wholeUpTo === segment.end) continue;
    const isLast = segment === log.all.at(-1);
    if (!isLast || (await wasAcknowledged(segment, wholeUpTo)))
      throw new LogDamagedError(
        segment.path,
        wholeUpTo - segment.base,
        'a record does not match its checksum',
      );
    cutBytes = segment.end - wholeUpTo;
    await log.cut(segment, wholeUpTo);
  }
  return { cutBytes };
}

/** Returns the offset up to which the segment's records are whole. */
async function readSegment(segment: Segment, onRecord: OnRecord): Promise<number> {
  let offset = segment.start;
  let wantedBytes = PIECE_BYTES;
  while (offset < segment.end) {
    const piece = await segment.read(offset, Math.min(wantedBytes, segment.end - offset));
    let at = 0;
    for (let record = readRecord(piece, at); record !== undefined; record = readRecord(piece, at)) {
      onRecord(piece.subarray(record.bodyStart, record.bodyEnd), offset + at, offset + record.next);
      at = record.next;
    }
    offset += at;
    if (at > 0) wantedBytes = PIECE_BYTES;
    else if (piece.length === segment.end - offset || piece.length < RECORD_HEADER_BYTES) return offset;
    else {
      const claimed = claimedRecordBytes(piece, 0);
      if (claimed <= piece.length || offset + claimed > segment.end) return offset;
      wantedBytes = claimed;
    }
  }
  return offset;
}

/** Whether a whole record behind `offset` says that what is at `offset` was on disk when it was written. */
async function wasAcknowledged(segment: Segment, offset: number): Promise<boolean> {
  const rest = await segment.read(offset, segment.end - offset);
  for (let at = RECORD_ALIGNMENT; at + RECORD_HEADER_BYTES <= rest.length; at += RECORD_ALIGNMENT) {
    const record = plausibleRecord(rest, at, offset);
    if (record !== undefined && record.durableEnd > offset) return true;
  }
  return false;
}

/** Checks the cheap things first: a checksum over megabytes at each 8th byte would take for ever. */
function plausibleRecord(rest: Buffer, at: number, restOffset: number): RecordView | undefined {
  const durableEnd = rest.readDoubleLE(at + 8);
  if (!Number.isSafeInteger(durableEnd) || durableEnd < 0 || durableEnd > restOffset + at) return undefined;
  return readRecord(rest, at);
}
