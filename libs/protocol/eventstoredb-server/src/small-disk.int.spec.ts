import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binaryEvent, EventStoreDBClient } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { collected } from './conformance/node-under-test.js';

jest.setTimeout(60_000);

/** A user namespace lets anybody mount a small disk of their own; some systems forbid it. */
const NAMESPACE = ['unshare', '-Urm'] as const;
const mayMount =
  process.platform === 'linux' &&
  spawnSync(NAMESPACE[0], [NAMESPACE[1], 'sh', '-c', 'mount -t tmpfs -o size=64k tmpfs /mnt']).status === 0;
const itWhereAllowed = (name: string, test: () => Promise<void>) =>
  mayMount
    ? it(name, test)
    : it.skip(`${name} [skipped: this system lets nobody mount in a user namespace]`, test);

let folder: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eventstoredb-small-disk-'));
});
afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    const over = once(child, 'exit');
    child.kill('SIGKILL');
    await over;
  }
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Starts a node on a disk of 24 MiB, of which something else takes a part until a line comes on stdin. The node is the
 * process itself (exec), so that it can be stopped.
 */
async function startedOnSmallDisk(): Promise<string> {
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const script = `
    mount -t tmpfs -o size=24m tmpfs "$1" && head -c 8M /dev/zero > "$1/ballast" || exit 1
    (read -r line && rm "$1/ballast") <&3 &
    exec "$2" "$3" --data "$1/log" --port 0 3<&-`;
  const args = [NAMESPACE[1], 'sh', '-c', script, 'sh', folder, process.execPath, main];
  const node = spawn(NAMESPACE[0], args, { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
  child = node;
  const [line] = (await once(node.stdout!, 'data')) as [Buffer];
  return /esdb:\S+(?=,)/.exec(line.toString())?.[0] as string;
}

function makeRoom(): void {
  const toShell = (child as ChildProcess).stdio[3] as NodeJS.WritableStream;
  toShell.write('now\n');
}

const large = () => binaryEvent({ type: 'large', data: Buffer.alloc(500_000, 'x') });

describe('a full disk', () => {
  itWhereAllowed('refuses appends in words, serves reads, and is written on once there is room', async () => {
    const client = EventStoreDBClient.connectionString(await startedOnSmallDisk());
    const append = () => client.appendToStream('s', large());
    const acknowledged: bigint[] = [];
    let refusal: unknown;
    while (refusal === undefined && acknowledged.length < 60)
      try {
        acknowledged.push((await append()).nextExpectedRevision);
      } catch (error) {
        refusal = error;
      }
    expect(refusal).toMatchObject({ message: expect.stringContaining('The disk is full') });
    expect(acknowledged.length).toBeGreaterThan(3);
    await expect(append()).rejects.toThrow('nothing was appended');
    expect(await collected(client.readStream('s'))).toHaveLength(acknowledged.length);

    makeRoom();
    for (;;)
      try {
        expect((await append()).nextExpectedRevision).toBe(BigInt(acknowledged.length));
        break;
      } catch (error) {
        // The other process is not done yet: only that may still be the reason.
        expect(error).toMatchObject({ message: expect.stringContaining('The disk is full') });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    const revisions = (await collected(client.readStream('s'))).map(({ event }) => event?.revision);
    expect(revisions).toEqual([...acknowledged, BigInt(acknowledged.length)]);
    await client.dispose();
  });
});
