import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EventLog, type NodeFiles, nodeFiles } from '../storage/index.js';
import { CommitSignals } from './commit-signals.js';
import { StreamIndex } from './stream-index.js';
import { type NewEvent, StreamWriter } from './stream-writer.js';

jest.setTimeout(60_000);

const BLOCK_EVENTS = 16;

let folder: string;
const open: EventLog[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kept-index-'));
});
afterEach(async () => {
  for (const log of open.splice(0)) await log.close();
  rmSync(folder, { recursive: true, force: true });
});

const indexFile = () => join(folder, 'log', 'events.index');

async function opened(files: NodeFiles = nodeFiles, path = join(folder, 'log')) {
  mkdirSync(path, { recursive: true });
  const index = new StreamIndex(1_000);
  let loaded = 0;
  const counting = {
    kept: index.kept,
    load(frame: Buffer, position: number) {
      loaded++;
      index.load(frame, position);
    },
  };
  const log = await EventLog.open({ folder: path, sync: 'none', files, blockEvents: BLOCK_EVENTS }, counting);
  open.push(log);
  return { index, log, loaded, writer: new StreamWriter(log, index, new CommitSignals()) };
}
type Node = Awaited<ReturnType<typeof opened>>;

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const event = (number: number, type = 'numbered', data = String(number)): NewEvent => ({
  id: id(number),
  type,
  isJson: true,
  customMetadata: Buffer.alloc(0),
  data: Buffer.from(data),
});

const streams = ['a', 'b', 'ü', 'gone', 'deleted', 'revived', '$epoch-information', '$ce-a', 'limited'];

/** Some of everything that an index knows of. */
async function write({ writer }: Node, from: number): Promise<void> {
  for (let number = from; number < from + 10; number++)
    await writer.append(['a', 'b', 'ü'][number % 3] as string, 'any', [event(number)]);
  for (const stream of ['gone', 'deleted', 'revived']) await writer.append(stream, 'any', [event(from + 10)]);
  await writer.append('$epoch-information', 'any', [event(from + 11)]);
  await writer.append('$ce-a', 'any', [event(from + 12, '$>', '0@a')]);
  await writer.append('$$limited', 'any', [event(from + 13, '$metadata', '{"$maxCount":3,"$maxAge":60}')]);
  await writer.append('limited', 'any', [event(from + 14), event(from + 15)]);
  await writer.softDelete('deleted', 'any');
  await writer.softDelete('revived', 'any');
  await writer.append('revived', 'any', [event(from + 16)]);
  await writer.tombstone(`gone-${from}`, 'any');
}

/** All that an index can be asked for. */
function told({ index, log }: Node) {
  const all = [...streams, ...streams.map((stream) => `$$${stream}`), 'gone-0', 'gone-100', 'gone-200'];
  return {
    end: log.endPosition,
    hidden: Array.from({ length: log.endPosition }, (_, at) => index.hidesAny(at, at + 1)),
    streams: all.map((name) => {
      const state = index.find(name);
      const positions = Array.from({ length: (state?.lastRevision ?? -1) + 1 }, (_, at) =>
        state?.positionAt(at),
      );
      const { tombstone, limits, durableLimits, isSoftDeleted } = state ?? {};
      const ids = [0, 1, 10, 14, 15, 16, 109, 214].map((number) => index.revisionOfId(name, id(number)));
      return { name, found: state?.name, positions, tombstone, limits, durableLimits, isSoftDeleted, ids };
    }),
  };
}

/** The same log, read from its start. */
async function rebuilt(): Promise<ReturnType<typeof told>> {
  const copy = mkdtempSync(join(folder, 'copy-'));
  cpSync(join(folder, 'log'), copy, { recursive: true });
  rmSync(join(copy, 'events.index'), { force: true });
  const node = await opened(nodeFiles, copy);
  expect(node.loaded).toBe(node.log.endPosition);
  return told(node);
}

describe('the index beside the log', () => {
  it('tells after a clean stop all that the log does, and no event is read for it', async () => {
    const node = await opened();
    await write(node, 0);
    await write(node, 100);
    const before = told(node);
    await node.log.close();
    const again = await opened();
    expect(again.loaded).toBe(0);
    expect(told(again)).toEqual(before);
    expect(await rebuilt()).toEqual(before);
    await write(again, 200);
    await again.log.close();
    expect(told(await opened())).toEqual(await rebuilt());
  });

  it('is written behind the log, so that a node that was killed reads little', async () => {
    const node = await opened();
    await write(node, 0);
    await write(node, 100);
    for (let tries = 0; tries < 100; tries++) {
      await node.writer.append('a', 'any', [event(250 + tries)]);
      const killed = mkdtempSync(join(folder, 'killed-'));
      cpSync(join(folder, 'log'), killed, { recursive: true });
      const again = await opened(nodeFiles, killed);
      expect(told(again)).toEqual(told(node));
      if (again.loaded < BLOCK_EVENTS) return;
    }
    throw new Error('The index never came near the end of the log.');
  });

  it('is as good wherever it ends or is damaged: the rest comes from the log', async () => {
    const node = await opened();
    await write(node, 0);
    await write(node, 100);
    const wanted = told(node);
    await node.log.close();
    const whole = readFileSync(indexFile());
    for (let at = 0; at < whole.length; at += 307) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] as number) ^ 0x10;
      for (const left of [
        damaged,
        whole.subarray(0, at),
        Buffer.concat([whole.subarray(0, at), Buffer.alloc(99)]),
      ]) {
        writeFileSync(indexFile(), left);
        const again = await opened();
        expect(told(again)).toEqual(wanted);
        await again.log.close();
        open.pop();
      }
    }
    expect(readFileSync(indexFile()).length).toBeGreaterThan(whole.length / 2);
  });

  it('is not believed where the log is another: older, or gone on differently', async () => {
    const node = await opened();
    await write(node, 0);
    await node.log.close();
    cpSync(join(folder, 'log'), join(folder, 'old'), { recursive: true });
    const longer = await opened();
    await write(longer, 100);
    await longer.log.close();
    copyFileSync(indexFile(), join(folder, 'longer.index'));

    cpSync(join(folder, 'old'), join(folder, 'log'), { recursive: true });
    copyFileSync(join(folder, 'longer.index'), indexFile());
    const older = await opened();
    expect(told(older)).toEqual(await rebuilt());
    await write(older, 200);
    await older.log.close();
    copyFileSync(join(folder, 'longer.index'), indexFile());
    expect(told(await opened())).toEqual(await rebuilt());
  });

  it('may fail to be written: appends go on, and it is made up for', async () => {
    let isFull = true;
    const files: NodeFiles = {
      ...nodeFiles,
      open(path, mode) {
        if (isFull && path.endsWith('.index') && mode === 'create')
          throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        return nodeFiles.open(path, mode);
      },
    };
    const node = await opened(files);
    await write(node, 0);
    expect(readdirSync(join(folder, 'log'))).not.toContain('events.index');
    isFull = false;
    await write(node, 100);
    const before = told(node);
    await node.log.close();
    const again = await opened();
    expect([again.loaded, told(again)]).toEqual([0, before]);
  });
});
