import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';

// Embedded only: this is about our own files.
const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
let folder: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-mongodb-full-'));
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the server with a disk of its own that holds 5 MB, seen by nobody else. */
async function startOnSmallDisk(): Promise<string> {
  const script = 'mount -t tmpfs -o size=5m tmpfs "$3" && exec "$0" "$@"';
  const args = ['-rm', 'bash', '-c', script, process.execPath, MAIN, '--data', folder, '--port', '0'];
  child = spawn('unshare', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return /mongodb:\S+(?=,)/.exec(line.toString())![0];
}

const mayMount =
  spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', tmpdir()]).status === 0;
const where = mayMount ? describe : describe.skip;
const condition = mayMount ? '' : ' (skipped: no user namespace with a disk of its own may be made here)';

where(`a full disk${condition}`, () => {
  it('refuses writes in clear words, serves reads, and goes on when there is room, without a restart', async () => {
    const client = new MongoClient(await startOnSmallDisk());
    const items = client.db('d').collection<{ _id: number; large: Buffer }>('items');
    const large = (id: number) => ({ _id: id, large: Buffer.alloc(200_000, id) });
    let acknowledged = 0;
    let refusal: unknown;
    while (refusal === undefined && acknowledged < 100)
      await items.insertOne(large(acknowledged)).then(
        () => acknowledged++,
        (error: unknown) => {
          refusal = error;
        },
      );
    expect(acknowledged).toBeGreaterThan(3);
    expect(refusal).toMatchObject({
      code: 14031,
      codeName: 'OutOfDiskSpace',
      message: expect.stringContaining('Nothing was written'),
    });
    const transaction = client.withSession((session) =>
      session.withTransaction(() => items.insertOne(large(1_000), { session })),
    );
    await expect(transaction).rejects.toMatchObject({ code: 14031 });
    expect(await items.countDocuments({ _id: { $gte: 0 } })).toBe(acknowledged);
    expect(await items.findOne({ _id: acknowledged })).toBeNull();

    await items.deleteMany({ _id: { $lt: 3 } });
    // Pages are free once the next commits have passed.
    let tries = 0;
    while (tries++ < 20 && (await items.insertOne(large(2_000)).catch(() => undefined)) === undefined);
    expect(await items.countDocuments({ _id: { $gte: 0 } })).toBe(acknowledged - 3 + 1);
    await client.close();
    const over = once(child!, 'exit');
    child!.kill('SIGTERM');
    expect(await over).toEqual([0, null]);
  }, 60_000);
});
