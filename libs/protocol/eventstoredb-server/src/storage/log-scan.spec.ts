import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encodeEventFrame, readEventFrame } from '../wire/index.js';
import { EventLog } from './event-log.js';
import { LogDamagedError } from './segment.js';

let folder: string;
let log: EventLog;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'log-scan-'));
  await reopened();
});
afterEach(async () => {
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Nothing of what was read before is in memory afterwards, but the tail. */
async function reopened(): Promise<void> {
  await log?.close();
  const options = { folder, sync: 'none' as const, segmentBytes: 400_000, cacheBytes: 100_000 };
  log = await EventLog.open(options, { load: () => undefined });
}

async function append(sizes: readonly number[]): Promise<void> {
  for (const [index, size] of sizes.entries()) {
    const frame = encodeEventFrame({
      id: '00000000-0000-4000-8000-000000000000',
      stream: 's',
      revision: index,
      position: log.nextPosition,
      type: 't',
      contentType: 'application/json',
      created: '17000000000000000',
      customMetadata: Buffer.alloc(0),
      data: Buffer.alloc(size),
    });
    log.append({ frames: [frame], commit: () => undefined, undo: () => undefined });
  }
  await log.whenDurable();
}

/** Positions and sizes, as a scan from a position finds them. */
async function scanned(from: number): Promise<[position: bigint, size: number][]> {
  const scan = log.scan();
  const found: [bigint, number][] = [];
  for (let position = from; position < log.endPosition; ) {
    const run = await scan.runAt(position);
    for (; position < run.endPosition; position++) {
      const { position: told, data } = readEventFrame(run.frame(position));
      found.push([told, data.length]);
    }
  }
  return found;
}

describe('a scan of the log', () => {
  const sizes = Array.from({ length: 400 }, (_, index) =>
    index % 97 === 5 ? 500_000 : index % 31 === 7 ? 70_000 : 1_000 + 13 * index,
  );
  const expected = sizes.map((size, index): [bigint, number] => [BigInt(index), size]);

  it('finds every event once and in order, from wherever it begins, across files and large events', async () => {
    await append(sizes);
    expect(await scanned(0)).toEqual(expected);
    await reopened();
    for (const from of [0, 1, 4, 5, 6, 102, 398, 399])
      expect(await scanned(from)).toEqual(expected.slice(from));
  });

  it('goes on from another place than the one it has read ahead', async () => {
    await append(sizes);
    await reopened();
    const scan = log.scan();
    for (const position of [0, 300, 10, 399, 11, 200])
      expect(readEventFrame((await scan.runAt(position)).frame(position)).position).toBe(BigInt(position));
  });

  it('goes on with what is appended meanwhile', async () => {
    await append(sizes);
    const scan = log.scan();
    await scan.runAt(0);
    await append([42]);
    expect(readEventFrame((await scan.runAt(400)).frame(400)).data).toHaveLength(42);
  });

  it('reports damage, and serves nothing of it', async () => {
    await append(sizes);
    await reopened();
    const [first] = readdirSync(folder)
      .filter((name) => name.endsWith('.log'))
      .sort();
    const file = await open(join(folder, first as string), 'r+');
    await file.write(Buffer.from([1, 2, 3]), 0, 3, 5_000);
    await file.close();
    await expect(scanned(0)).rejects.toThrow(LogDamagedError);
  });
});
