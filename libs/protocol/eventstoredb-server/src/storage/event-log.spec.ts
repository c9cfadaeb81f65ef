import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { encodeEventFrame, readEventFrame } from '../wire/index.js';
import { EventLog, type EventLogOptions, LogUnavailableError } from './event-log.js';
import { nodeFiles } from './node-files.js';
import { LogDamagedError } from './segment.js';
import { SegmentedLog } from './segmented-log.js';

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
    const whole = (await readFile(theSegment())).length;
    await append(log, 3);
    await log.close();
    const all = await readFile(theSegment());
    for (const left of [whole, whole + 1, whole + 15, whole + 16, whole + 100, all.length - 1]) {
      await writeFile(theSegment(), all);
      await truncate(theSegment(), left);
      const again = await opened();
      expect([left, again.endPosition, again.cutBytes]).toEqual([left, 2, left - whole]);
      await append(again, 1);
      await again.close();
      expect((await opened()).endPosition).toBe(3);
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
    const start = (await readFile(theSegment())).length;
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
    const disk = await SegmentedLog.open(nodeFiles, folder, { sync: 'always', segmentBytes: 1_000_000 });
    const log = await EventLog.on(disk, 1_000_000, { load: () => undefined });
    logs.push(log);
    await append(log, 1);
    return { log, file: disk.all[0]!.file };
  }

  it('takes back what waits, newest first, and goes on once there is room', async () => {
    const { log, file } = await failing();
    const write = file.write;
    const full = () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    Object.assign(file, { write: full });
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
    Object.assign(file, { write });
    await append(log, 2);
    await log.close();
    expect((await opened()).endPosition).toBe(3);
  });

  it('trusts nothing more after a failed sync, until a restart', async () => {
    const { log, file } = await failing();
    const datasync = file.datasync;
    Object.assign(file, { datasync: () => Promise.reject(new Error('I/O error')) });
    await expect(append(log, 1)).rejects.toThrow('The log cannot be written: nothing was appended.');
    Object.assign(file, { datasync });
    await expect(append(log, 1)).rejects.toThrow('restart the node');
    expect(await dataAt(log, 0)).toBe('event 0');
  });
});

async function spoil(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  byte[0] = (byte[0] as number) ^ 0xff;
  await file.write(byte, 0, 1, at);
  await file.close();
}
