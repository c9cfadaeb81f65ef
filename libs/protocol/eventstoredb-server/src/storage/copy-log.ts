import { basename, join } from 'node:path';
import { copyIndexFile } from './index-file.js';
import { walkLog } from './log-walk.js';
import type { NodeFiles } from './node-files.js';
import { LogDamagedError, type Segment } from './segment.js';

const PIECE_BYTES = 4 * 1024 * 1024;

/**
 * Copies the whole records of a log, and its index, into an empty folder; syncs nothing. A node may be writing to the
 * log: what it had acknowledged is in the copy.
 * @throws LogDamagedError
 */
export async function copyLog(files: NodeFiles, from: string, to: string): Promise<void> {
  // First, so that it tells of nothing that the copied log does not have.
  await copyIndexFile(files, from, to);
  await walkLog(files, from, {
    onRecord: () => undefined,
    onDamage(path, fromByte) {
      throw new LogDamagedError(path, fromByte, 'a record does not match its checksum');
    },
    onSegment: (segment) => copySegment(files, segment, to),
  });
}

/** Up to where its records end: the zeros behind them are not worth the room. */
async function copySegment(files: NodeFiles, segment: Segment, to: string): Promise<void> {
  if (segment.isEmpty) return;
  const copy = await files.open(join(to, basename(segment.path)), 'create');
  try {
    for (let offset = segment.base; offset < segment.end; offset += PIECE_BYTES) {
      const piece = await segment.read(offset, Math.min(PIECE_BYTES, segment.end - offset));
      await copy.write(piece, offset - segment.base);
    }
  } finally {
    await copy.close();
  }
}
