import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { encodeEventFrame, readEventFrame } from '../wire/index.js';
import { EventLog, type EventLogOptions, LogUnavailableError } from './event-log.js';
import { type NodeFile, type NodeFiles, nodeFiles } from './node-files.js';
import { LogDamagedError } from './segment.js';

jest.setTimeout(30_000);

let folder: string;
const logs: EventLog[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'event-log-'));
});
afterEach(async () => {
  for (const log of logs.splice(0)) await log.close();
  rmSync(folder, { recursive: true, force: true });
});

const frame = (position: number, data = `event ${position}`) =>
  encodeEventFrame({
    id: '0198a000-0000-7000-8000-000000000000',
    stream: Buffer.from('stream'),
    revision: BigInt(position),
    position: BigInt(position),
    type: 'type',
    contentType: 'application/json',
    created: '17000000000000000',
    customMetadata: Buffer.alloc(0),
    data: Buffer.from(data),
  });

async function opened(options: Partial<EventLogOptions> = {}, seen: number[] = []): Promise<EventLog> {
  const log = await EventLog.open(
    { folder, sync: 'always', ...options },
    {
      load: (_frame, position) => void seen.push(position),
    },
  );
  logs.push(log);
  return log;
}

/** Appends so many events at once and waits for the disk. */
async function append(log: EventLog, events: number, data?: string): Promise<void> {
  const frames = Array.from({ length: events }, (_, index) => frame(log.nextPosition + index, data));
  log.append({ frames, commit: () => undefined, undo: () => undefined });
  await log.whenDurable();
}

const dataAt = async (log: EventLog, position: number) =>
  Buffer.from(readEventFrame((await log.extentAt(position)).frame(position)).data).toString();

const theSegment = () => join(folder, readdirSync(folder).sort()[0] as string);

describe('the log', () => {
  it('gives back what was appended, also after a restart', async () => {
    const log = await opened();
    for (const count of [1, 3, 2]) await append(log, count);
    expect(log.endPosition).toBe(6);
    await log.close();
    const seen: number[] = [];
    const again = await opened({}, seen);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
    for (const position of seen) expect(await dataAt(again, position)).toBe(`event ${position}`);
    await append(again, 1);
    expect(await dataAt(again, 6)).toBe('event 6');
  });

  it('shows events to readers only once they are durable', async () => {
    const log = await opened();
    const ends: number[] = [];
    log.onCommit((end) => ends.push(end));
    const done = append(log, 2);
    expect(log.endPosition).toBe(0);
    expect(log.nextPosition).toBe(2);
    expect(Buffer.from(readEventFrame(log.frameNow(1)).data).toString()).toBe('event 1');
    await done;
    expect(log.endPosition).toBe(2);
    expect(ends).toEqual([2]);
  });

  it('begins new files as they fill, and reads over their borders with a small cache', async () => {
    const options = { sync: 'none', segmentBytes: 100_000, cacheBytes: 70_000 } as const;
    const log = await opened(options);
    for (let each = 0; each < 60; each++) await append(log, 2, `${'x'.repeat(4_000)}${each}`);
    expect(readdirSync(folder).length).toBeGreaterThan(4);
    await log.close();
    const again = await opened(options);
    for (let position = 0; position < 120; position++) {
      expect(await dataAt(again, position)).toMatch(new RegExp(`^x+${position >> 1}$`));
      const wanted = frame(119 - position, `${'x'.repeat(4_000)}${(119 - position) >> 1}`);
      expect(again.frameNow(119 - position).equals(wanted)).toBe(true);
    }
  });

  it('fills its files with zeros ahead, so that a sync of an append has no length to write', async () => {
    const log = await opened({ segmentBytes: 500_000 });
    const sizes = () =>
      readdirSync(folder)
        .sort()
        .map((name) => statSync(join(folder, name)).size);
    await append(log, 1);
    expect(sizes()).toEqual([262_144]);
    for (let each = 0; each < 8; each++) await append(log, 1, 'x'.repeat(100_000));
    await log.close();
    expect(sizes().slice(0, 2)).toEqual([262_144, 500_000]);
    const again = await opened({ segmentBytes: 500_000 });
    for (let each = 0; each < 3; each++) await append(again, 1, 'x'.repeat(100_000));
    await again.close();
    const last = await opened({ segmentBytes: 500_000 });
    expect(last.endPosition).toBe(12);
    for (let position = 1; position < 12; position++) expect(await dataAt(last, position)).toMatch(/^x+$/);
  });

  it('takes an event much larger than what it reads at once', async () => {
    const log = await opened({ sync: 'none' });
    const large = 'y'.repeat(9_000_000);
    await append(log, 1, large);
    await append(log, 1);
    await log.close();
    const again = await opened({ sync: 'none' });
    expect((await dataAt(again, 0)).length).toBe(large.length);
    expect(await dataAt(again, 1)).toBe('event 1');
  });
});

describe('after a crash', () => {
  it('cuts a torn tail at the last whole append, wherever it is torn', async () => {
    const log = await opened();
    await append(log, 2);
    const whole = usedBytes(await readFile(theSegment()));
    await append(log, 3);
    await log.close();
    const all = await readFile(theSegment());
    const end = usedBytes(all);
    for (const left of [whole, whole + 1, whole + 15, whole + 16, whole + 100, end - 9]) {
      const torn = all.subarray(0, left);
      for (const zeros of [0, 1, end - left, all.length - left]) {
        await writeFile(theSegment(), Buffer.concat([torn, Buffer.alloc(zeros)]));
        const again = await opened();
        const cutBytes = Math.max(lastNonZero(torn) + 1 - whole, 0);
        expect([left, zeros, again.endPosition, again.cutBytes]).toEqual([left, zeros, 2, cutBytes]);
        await append(again, 1);
        await again.close();
        const last = await opened();
        expect([last.endPosition, last.cutBytes]).toEqual([3, 0]);
        await last.close();
        // Nothing of what was cut may come back behind what was written over it.
        expect(usedBytes(await readFile(theSegment()))).toBeLessThan(whole + 400);
        for (const name of readdirSync(folder).sort().slice(1)) rmSync(join(folder, name));
      }
    }
  });

  it('cuts zeros that a power cut left where an append was to be', async () => {
    const log = await opened();
    await append(log, 2);
    await log.close();
    await writeFile(theSegment(), Buffer.concat([await readFile(theSegment()), Buffer.alloc(10_000)]));
    expect((await opened()).endPosition).toBe(2);
  });

  it('drops a group of appends from the first torn one on, though later ones are whole', async () => {
    const log = await opened();
    await append(log, 1);
    const start = usedBytes(await readFile(theSegment()));
    for (const position of [1, 2, 3])
      log.append({ frames: [frame(position)], commit: () => undefined, undo: () => undefined });
    await log.whenDurable();
    await log.close();
    await spoil(theSegment(), start + 40);
    expect((await opened()).endPosition).toBe(1);
  });

  it('reports damage before what was acknowledged, and serves nothing', async () => {
    const log = await opened();
    for (let each = 0; each < 3; each++) await append(log, 1);
    await log.close();
    await spoil(theSegment(), 60);
    await expect(opened()).rejects.toThrow(LogDamagedError);
    await expect(opened()).rejects.toThrow(`The log file ${theSegment()} is damaged at byte 16`);
  });

  it('reports damage that comes while it runs, when it reads the place', async () => {
    const log = await opened({ sync: 'none', cacheBytes: 70_000 });
    for (let each = 0; each < 60; each++) await append(log, 1, 'z'.repeat(5_000));
    await spoil(theSegment(), 300);
    await expect(dataAt(log, 0)).rejects.toThrow(LogDamagedError);
    expect(() => log.frameNow(0)).toThrow(LogDamagedError);
    expect(await dataAt(log, 59)).toMatch(/^z+$/);
  });
});

describe('when the disk refuses', () => {
  async function failing() {
    const files = new FaultyFiles();
    const log = await opened({ files });
    await append(log, 1);
    return { log, files };
  }

  it('takes back what waits, newest first, and goes on once there is room', async () => {
    const { log, files } = await failing();
    files.fault = { operation: 'write', code: 'ENOSPC' };
    const undone: number[] = [];
    const appends = [1, 2].map((position) => {
      log.append({ frames: [frame(position)], commit: () => undefined, undo: () => undone.push(position) });
      return log.whenDurable();
    });
    for (const append of appends) await expect(append).rejects.toThrow(LogUnavailableError);
    await expect(appends[0]).rejects.toThrow('The disk is full: nothing was appended.');
    expect(undone).toEqual([2, 1]);
    expect([log.endPosition, log.nextPosition]).toEqual([1, 1]);
    expect(await dataAt(log, 0)).toBe('event 0');
    files.fault = undefined;
    await append(log, 2);
    await log.close();
    expect((await opened()).endPosition).toBe(3);
  });

  it('goes on without a restart when there is room for another file again', async () => {
    const { log, files } = await failing();
    files.fault = { operation: 'open', code: 'ENOSPC' };
    const large = 'x'.repeat(100_000);
    await append(log, 1, large);
    await append(log, 1, large);
    await expect(append(log, 1, large)).rejects.toThrow('The disk is full: nothing was appended.');
    await append(log, 1);
    files.fault = undefined;
    await append(log, 1, large);
    expect(log.endPosition).toBe(5);
    await log.close();
    expect((await opened()).endPosition).toBe(5);
  });

  it('trusts nothing more after a failed sync, until a restart', async () => {
    const { log, files } = await failing();
    files.fault = { operation: 'datasync', code: 'EIO' };
    await expect(append(log, 1)).rejects.toThrow('The log cannot be written: nothing was appended.');
    files.fault = undefined;
    await expect(append(log, 1)).rejects.toThrow('restart the node');
    expect(await dataAt(log, 0)).toBe('event 0');
  });
});

/** The real files, with one operation that fails while `fault` is set. */
class FaultyFiles implements NodeFiles {
  fault: { operation: 'open' | 'write' | 'datasync'; code: string } | undefined;

  async open(path: string, mode: 'create' | 'write' | 'read'): Promise<NodeFile> {
    if (mode === 'create') this.#check('open');
    const file = await nodeFiles.open(path, mode);
    const check = (operation: 'write' | 'datasync') => this.#check(operation);
    return {
      path,
      sizeBytes: () => file.sizeBytes(),
      read: (into, at) => file.read(into, at),
      readNow: (into, at) => file.readNow(into, at),
      async write(bytes, at) {
        check('write');
        await file.write(bytes, at);
      },
      writeNow(bytes, at) {
        check('write');
        file.writeNow(bytes, at);
      },
      async datasync() {
        check('datasync');
        await file.datasync();
      },
      truncate: (sizeBytes) => file.truncate(sizeBytes),
      close: () => file.close(),
    };
  }

  list = nodeFiles.list;
  rename = nodeFiles.rename;
  unlink = nodeFiles.unlink;
  syncFolder = nodeFiles.syncFolder;

  #check(operation: string): void {
    if (this.fault?.operation !== operation) return;
    throw Object.assign(new Error('the disk says no'), { code: this.fault.code });
  }
}

function lastNonZero(bytes: Buffer): number {
  let at = bytes.length - 1;
  while (bytes[at] === 0) at--;
  return at;
}

/** Where the records of a segment end: behind them are zeros. */
function usedBytes(segment: Buffer): number {
  return Math.ceil((lastNonZero(segment) + 1) / 8) * 8;
}

async function spoil(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  byte[0] = (byte[0] as number) ^ 0xff;
  await file.write(byte, 0, 1, at);
  await file.close();
}
