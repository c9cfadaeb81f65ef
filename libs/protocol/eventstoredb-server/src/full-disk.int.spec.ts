import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binaryEvent, EventStoreDBClient } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { collected } from './conformance/node-under-test.js';

jest.setTimeout(60_000);

let folder: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eventstoredb-full-'));
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a node whose files may not grow beyond a size: to it, that is a disk that takes no more. */
async function started(maxFileKilobytes: number | 'unlimited'): Promise<string> {
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const script = `ulimit -f ${maxFileKilobytes} && exec "$0" "$@"`;
  const args = ['-c', script, process.execPath, main, '--data', folder, '--port', '0'];
  const node = spawn('bash', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  child = node;
  const [line] = (await once(node.stdout, 'data')) as [Buffer];
  return /esdb:\S+(?=,)/.exec(line.toString())?.[0] as string;
}

const large = () => binaryEvent({ type: 'large', data: Buffer.alloc(100_000, 'x') });
const withCredentials = { credentials: { username: 'admin', password: 'changeit' } };

const onLinux = process.platform === 'linux' ? describe : describe.skip;
onLinux('a disk that takes no more', () => {
  it('refuses appends in clear words, serves reads, and goes on when there is room', async () => {
    const client = EventStoreDBClient.connectionString(await started(1_000));
    let acknowledged = 0;
    let refusal: unknown;
    while (refusal === undefined && acknowledged < 20)
      try {
        await client.appendToStream('s', large());
        acknowledged++;
      } catch (error) {
        refusal = error;
      }
    expect(acknowledged).toBeGreaterThan(5);
    expect(refusal).toMatchObject({ message: expect.stringContaining('nothing was appended') });
    await expect(client.appendToStream('s', large(), withCredentials)).rejects.toMatchObject({
      code: 8,
      message: expect.stringContaining('nothing was appended'),
    });
    expect(await collected(client.readStream('s'))).toHaveLength(acknowledged);
    // There is room for a small one still, and what failed has left nothing in its way.
    await client.appendToStream('s', binaryEvent({ type: 'small', data: Buffer.from('x') }));
    await client.dispose();
    const over = once(child as ChildProcess, 'exit');
    child?.kill('SIGTERM');
    await over;

    const again = EventStoreDBClient.connectionString(await started('unlimited'));
    const { nextExpectedRevision } = await again.appendToStream('s', large());
    expect(nextExpectedRevision).toBe(BigInt(acknowledged + 1));
    expect(await collected(again.readStream('s'))).toHaveLength(acknowledged + 2);
    await again.dispose();
  });
});
