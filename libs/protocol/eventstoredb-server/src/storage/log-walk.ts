import { join } from 'node:path';
import type { NodeFiles } from './node-files.js';
import { RECORD_ALIGNMENT, RECORD_HEADER_BYTES } from './record.js';
import { type OnRecord, plausibleRecord, readRecords } from './recovery.js';
import { Segment } from './segment.js';

/** What is met on a walk through a log, in order. */
export interface LogVisitor {
  readonly onRecord: OnRecord;
  /** Bytes that were acknowledged and cannot be read any more. */
  onDamage(path: string, fromByte: number, toByte: number): void;
  /** After each file: where its records end. */
  onSegment(segment: Segment): Promise<void>;
}

/**
 * Reads all of a log and changes nothing, also while a node writes to it: then it sees at least what was
 * acknowledged when it began.
 */
export async function walkLog(files: NodeFiles, folder: string, visitor: LogVisitor): Promise<void> {
  const names = (await files.list(folder)).filter((name) => Segment.baseOf(name) !== undefined).sort();
  /** Where a file's records seem to end, until a later record says that there were more. */
  let before: Segment | undefined;
  for (const [index, name] of names.entries()) {
    const limit = Segment.baseOf(names[index + 1] ?? '');
    const segment = await Segment.open(files, folder, name, limit, 'read');
    if (segment === undefined) {
      if (index < names.length - 1) visitor.onDamage(join(folder, name), 0, 1);
      continue;
    }
    try {
      const { end, firstDurableEnd } = await walkSegment(segment, visitor);
      segment.end = end;
      if (before !== undefined && firstDurableEnd > before.end)
        visitor.onDamage(before.path, before.end - before.base, firstDurableEnd - before.base);
      if (!segment.isEmpty) before = segment;
      await visitor.onSegment(segment);
    } finally {
      await segment.file.close();
    }
  }
}

async function walkSegment(segment: Segment, visitor: LogVisitor) {
  let { end, firstDurableEnd } = await readRecords(segment, segment.start, visitor.onRecord);
  for (;;) {
    const next = await nextAcknowledged(segment, end);
    if (next === undefined) return { end, firstDurableEnd };
    // A writer may have been in the middle of it when it was read first.
    const again = await readRecords(segment, end, visitor.onRecord);
    if (again.end === end) visitor.onDamage(segment.path, end - segment.base, next.offset - segment.base);
    if (firstDurableEnd === 0) firstDurableEnd = next.durableEnd;
    ({ end } = again.end > end ? again : await readRecords(segment, next.offset, visitor.onRecord));
  }
}

/** The next whole record that says that what is at `offset` was on disk when it was written. */
async function nextAcknowledged(segment: Segment, offset: number) {
  const rest = await segment.read(offset, Math.max(segment.filledTo - offset, 0));
  for (let at = RECORD_ALIGNMENT; at + RECORD_HEADER_BYTES <= rest.length; at += RECORD_ALIGNMENT) {
    const record = plausibleRecord(rest, at, offset);
    if (record !== undefined && record.durableEnd > offset)
      return { offset: offset + at, durableEnd: record.durableEnd };
  }
  return undefined;
}
