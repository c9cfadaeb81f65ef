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
const ZEROS = Buffer.alloc(PIECE_BYTES);

/** Called for each record in order with its body; `offset` and `next` are where it starts and ends in the log. */
export type OnRecord = (body: Buffer, offset: number, next: number) => void;

/**
 * Reads the log at start from the start of a record on, checks every checksum on the way and cuts a torn tail at
 * the last whole record. A record that is not whole is damage, not a torn tail, when a later one says that the
 * log was durable beyond it.
 * @throws LogDamagedError when something is wrong before data that was acknowledged.
 */
export async function recoverLog(
  log: SegmentedLog,
  fromOffset: number,
  onRecord: OnRecord,
): Promise<{ cutBytes: number }> {
  let last = log.all[0];
  if (last === undefined) return { cutBytes: 0 };
  const torn: { segment: Segment; nonZeroTo: number }[] = [];
  for (const segment of log.all) {
    if (segment.limit <= fromOffset) {
      segment.end = segment.limit;
      last = segment;
      continue;
    }
    const start = Math.max(segment.start, fromOffset);
    const { end, firstDurableEnd } = await readRecords(segment, start, onRecord);
    if (start === segment.start && segment !== last && firstDurableEnd > last.end) throw damaged(last);
    segment.end = end;
    if (!segment.isEmpty) last = segment;
    const [before] = torn;
    if (last === segment && before !== undefined) throw damaged(before.segment);
    const rest = await behindRecords(segment);
    if (rest.durableEnd > last.end) throw damaged(last);
    if (rest.nonZeroTo > segment.end) torn.push({ segment, nonZeroTo: rest.nonZeroTo });
  }
  let cutBytes = 0;
  for (const { segment, nonZeroTo } of torn) {
    cutBytes += nonZeroTo - segment.end;
    await segment.zeroUpTo(nonZeroTo);
  }
  await log.endAt(last);
  log.prepareNext();
  return { cutBytes };
}

function damaged({ path, end, base }: Segment): LogDamagedError {
  return new LogDamagedError(path, end - base, 'a record does not match its checksum');
}

/** Where the whole records end, and up to where the first of them says that the log was durable. */
export async function readRecords(segment: Segment, from: number, onRecord: OnRecord) {
  const fileEnd = segment.filledTo;
  let offset = from;
  let firstDurableEnd = 0;
  let wantedBytes = PIECE_BYTES;
  while (offset < fileEnd) {
    const piece = await segment.read(offset, Math.min(wantedBytes, fileEnd - offset));
    let at = 0;
    for (let record = readRecord(piece, at); record !== undefined; record = readRecord(piece, at)) {
      if (offset + at === from) firstDurableEnd = record.durableEnd;
      onRecord(piece.subarray(record.bodyStart, record.bodyEnd), offset + at, offset + record.next);
      at = record.next;
    }
    offset += at;
    if (at > 0) wantedBytes = PIECE_BYTES;
    else if (piece.length === fileEnd - offset || piece.length < RECORD_HEADER_BYTES) break;
    else {
      const claimed = claimedRecordBytes(piece, 0);
      if (claimed <= piece.length || offset + claimed > fileEnd) break;
      wantedBytes = claimed;
    }
  }
  return { end: offset, firstDurableEnd };
}

/** What is behind the records of a segment: where the last byte that is not zero ends, and the furthest claim. */
async function behindRecords(segment: Segment): Promise<{ nonZeroTo: number; durableEnd: number }> {
  let nonZeroTo = segment.end;
  for (let offset = segment.end; offset < segment.filledTo; offset += PIECE_BYTES) {
    const piece = await segment.read(offset, Math.min(PIECE_BYTES, segment.filledTo - offset));
    if (!piece.equals(ZEROS.subarray(0, piece.length))) nonZeroTo = offset + lastNonZero(piece) + 1;
  }
  if (nonZeroTo === segment.end) return { nonZeroTo, durableEnd: 0 };
  const rest = await segment.read(segment.end, segment.filledTo - segment.end);
  return { nonZeroTo, durableEnd: furthestClaim(rest, segment.end) };
}

function lastNonZero(piece: Buffer): number {
  let at = piece.length - 1;
  while (piece[at] === 0) at--;
  return at;
}

function furthestClaim(rest: Buffer, restOffset: number): number {
  let furthest = 0;
  for (let at = 0; at + RECORD_HEADER_BYTES <= rest.length; at += RECORD_ALIGNMENT) {
    const record = plausibleRecord(rest, at, restOffset);
    if (record !== undefined) furthest = Math.max(furthest, record.durableEnd);
  }
  return furthest;
}

/** Checks the cheap things first: a checksum over megabytes at each 8th byte would take for ever. */
export function plausibleRecord(rest: Buffer, at: number, restOffset: number): RecordView | undefined {
  if (rest.readUInt32LE(at) === 0) return undefined;
  const durableEnd = rest.readDoubleLE(at + 8);
  if (!Number.isSafeInteger(durableEnd) || durableEnd < 0 || durableEnd > restOffset + at) return undefined;
  return readRecord(rest, at);
}
