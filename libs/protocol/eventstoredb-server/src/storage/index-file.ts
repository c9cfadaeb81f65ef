import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { NodeFile, NodeFiles } from './node-files.js';

/** What was known of the log when so many more of its events had become durable. */
export interface IndexBlock {
  /** The events that the block tells of. */
  readonly fromPosition: number;
  readonly toPosition: number;
  /** Where the last of their records ends in the log. */
  readonly logEnd: number;
  /** The extent that was not closed yet, the CRC-32 of its frames, and the extents that were closed since the block before. */
  readonly tail: { readonly firstPosition: number; readonly offset: number };
  readonly tailChecksum: number;
  readonly closedExtents: Float64Array;
  /** As the index gave it. */
  readonly saved: Buffer;
}

const NAME = 'events.index';
const MAGIC = 0x31584954; // TIX1
const CHECKED_FROM = 8;
const HEADER_BYTES = 72;

/**
 * The index beside the log: blocks, each with a checksum, appended as the log grows and never synced. It may be
 * missing, or end early, at any time; what it does not tell is read from the log. A block is
 *
 *     u32 magic | u32 CRC-32 of what follows | f64 × 7: bytes of the block, fromPosition, toPosition, logEnd,
 *     tail.firstPosition, tail.offset, number of closed extents | u32 tailChecksum | u32 0 |
 *     f64 × 3 an extent | saved, zeros up to 8 bytes
 */
export class IndexFile {
  private constructor(
    private readonly files: NodeFiles,
    private readonly path: string,
    private file: NodeFile | undefined,
    private endBytes: number,
  ) {}

  /** With the blocks that are whole, up to the first that is not. */
  static async open(files: NodeFiles, folder: string): Promise<{ index: IndexFile; blocks: IndexBlock[] }> {
    const path = join(folder, NAME);
    const file = await openIfThere(files, path, 'write');
    const blocks = file === undefined ? [] : await readBlocks(file);
    return { index: new IndexFile(files, path, file, 0), blocks };
  }

  /** Forgets what is behind these blocks, which are the first of those that are there. */
  async keep(blocks: readonly IndexBlock[]): Promise<void> {
    this.endBytes = blocks.reduce((sum, block) => sum + blockBytes(block), 0);
    await this.file?.truncate(this.endBytes);
  }

  async append(block: IndexBlock): Promise<void> {
    this.file ??= await this.files.open(this.path, 'create');
    const bytes = encodeBlock(block);
    await this.file.write(bytes, this.endBytes);
    this.endBytes += bytes.length;
  }

  async close(): Promise<void> {
    await this.file?.close();
  }
}

async function openIfThere(
  files: NodeFiles,
  path: string,
  mode: 'read' | 'write',
): Promise<NodeFile | undefined> {
  try {
    return await files.open(path, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function blockBytes({ closedExtents, saved }: IndexBlock): number {
  return HEADER_BYTES + closedExtents.byteLength + Math.ceil(saved.length / 8) * 8;
}

function encodeBlock(block: IndexBlock): Buffer {
  const bytes = Buffer.alloc(blockBytes(block));
  const { closedExtents, saved, tail } = block;
  bytes.writeUInt32LE(MAGIC, 0);
  const numbers = [bytes.length, block.fromPosition, block.toPosition, block.logEnd];
  numbers.push(tail.firstPosition, tail.offset, closedExtents.length / 3);
  for (const [index, number] of numbers.entries()) bytes.writeDoubleLE(number, CHECKED_FROM + 8 * index);
  bytes.writeUInt32LE(block.tailChecksum, HEADER_BYTES - 8);
  bytes.set(
    new Uint8Array(closedExtents.buffer, closedExtents.byteOffset, closedExtents.byteLength),
    HEADER_BYTES,
  );
  bytes.set(saved, HEADER_BYTES + closedExtents.byteLength);
  bytes.writeUInt32LE(crc32(bytes.subarray(CHECKED_FROM)), 4);
  return bytes;
}

/** What a buffer can hold; what a file has beyond is read from the log. */
const MAX_FILE_BYTES = 2 ** 32 - 8;

async function readBlocks(file: NodeFile): Promise<IndexBlock[]> {
  const bytes = Buffer.allocUnsafeSlow(Math.min(await file.sizeBytes(), MAX_FILE_BYTES));
  const end = file.readNow(bytes, 0); // nobody else is served yet
  const blocks: IndexBlock[] = [];
  let position = 0;
  for (let at = 0; ; ) {
    const block = decodeBlock(bytes.subarray(at, end));
    if (block === undefined || block.fromPosition !== position) return blocks;
    blocks.push(block);
    position = block.toPosition;
    at += blockBytes(block);
  }
}

/** A view of the block that `rest` begins with, unless it is not whole. */
function decodeBlock(rest: Buffer): IndexBlock | undefined {
  if (rest.length < HEADER_BYTES || rest.readUInt32LE(0) !== MAGIC) return undefined;
  const number = (index: number) => rest.readDoubleLE(CHECKED_FROM + 8 * index);
  const length = number(0);
  const extents = 3 * number(6);
  if (!(length >= HEADER_BYTES + 8 * extents && length <= rest.length)) return undefined;
  if (crc32(rest.subarray(CHECKED_FROM, length)) !== rest.readUInt32LE(4)) return undefined;
  return {
    fromPosition: number(1),
    toPosition: number(2),
    logEnd: number(3),
    tail: { firstPosition: number(4), offset: number(5) },
    tailChecksum: rest.readUInt32LE(HEADER_BYTES - 8),
    closedExtents: new Float64Array(rest.buffer, rest.byteOffset + HEADER_BYTES, extents),
    saved: rest.subarray(HEADER_BYTES + 8 * extents, length),
  };
}

/** The blocks of a folder's index file that are whole, and how many bytes there are behind them. */
export async function readIndexFile(
  files: NodeFiles,
  folder: string,
): Promise<{ blocks: IndexBlock[]; restBytes: number }> {
  const file = await openIfThere(files, join(folder, NAME), 'read');
  if (file === undefined) return { blocks: [], restBytes: 0 };
  try {
    const sizeBytes = await file.sizeBytes();
    const blocks = await readBlocks(file);
    const restBytes = sizeBytes - blocks.reduce((sum, block) => sum + blockBytes(block), 0);
    return { blocks, restBytes: Math.max(restBytes, 0) };
  } finally {
    await file.close();
  }
}

export async function copyIndexFile(files: NodeFiles, from: string, to: string): Promise<void> {
  const { blocks } = await readIndexFile(files, from);
  if (blocks.length === 0) return;
  const copy = await files.open(join(to, NAME), 'create');
  try {
    let at = 0;
    for (const block of blocks) {
      await copy.write(encodeBlock(block), at);
      at += blockBytes(block);
    }
  } finally {
    await copy.close();
  }
}
