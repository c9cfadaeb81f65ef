import { resolve } from 'node:path';
import { checkDataFolder } from '#libs/protocol/data-folder';
import { DATA_FORMAT } from './data-format.js';
import { PREFIX_BYTES } from './grpc/index.js';
import { nodeFiles, readIndexFile, walkLog } from './storage/index.js';
import { IndexCheck } from './streams/index-check.js';

export interface Verified {
  /** Each a sentence; none when all is well. */
  readonly findings: readonly string[];
  readonly events: number;
  readonly streams: number;
}

const MAX_FINDINGS = 100;

/**
 * Reads a whole log and compares it with its checksums, its positions and revisions, and the index beside it; also
 * while a node writes to it.
 * @returns up to 100 findings. @throws DataFolderError
 */
export async function verify(data: string): Promise<Verified> {
  const folder = resolve(data);
  checkDataFolder({ path: folder, ...DATA_FORMAT });
  const findings: string[] = [];
  const found = (finding: string) => {
    if (findings.length < MAX_FINDINGS) findings.push(finding);
  };
  const { blocks, restBytes } = await readIndexFile(nodeFiles, folder);
  const check = new IndexCheck(blocks, found);
  await walkLog(nodeFiles, folder, {
    onRecord: (body, offset, next) => {
      for (const frame of framesOf(body)) check.event(frame);
      check.recordEnded(offset, next);
    },
    onDamage: (path, fromByte, toByte) =>
      found(`${path}: bytes ${fromByte} to ${toByte} do not match their checksums.`),
    onSegment: async () => undefined,
  });
  const { events, streams } = check.end(restBytes);
  return { findings, events, streams };
}

function* framesOf(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; ) {
    const end = at + PREFIX_BYTES + body.readUInt32BE(at + 1);
    yield body.subarray(at, end);
    at = end;
  }
}
