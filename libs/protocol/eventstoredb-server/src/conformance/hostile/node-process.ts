import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A node in a process of its own, so that its memory can be told from that of its clients. */
export class NodeProcess {
  /** All that it wrote to stderr: what it did not expect. */
  complaints = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly url: string,
  ) {}

  static async start(): Promise<NodeProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'eventstoredb-hostile-'));
    const main = fileURLToPath(new URL('../../main.js', import.meta.url));
    const child = spawn(process.execPath, [main, '--data', folder, '--port', '0', '--sync', 'none'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const node = new NodeProcess(child, folder, /esdb:\S+(?=,)/.exec(line.toString())?.[0] as string);
    child.stderr.on('data', (text: Buffer) => {
      node.complaints += text.toString();
    });
    return node;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Memory of its own that is resident (Linux). */
  memoryMegabytes(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  }

  connect(): ClientHttp2Session {
    const session = connect(this.url.replace('esdb:', 'http:'));
    session.on('error', () => undefined); // it ends in 'close'
    return session;
  }

  async stop(): Promise<void> {
    const over = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await over;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function called(
  session: ClientHttp2Session,
  path: string,
  headers: Record<string, string> = {},
): ClientHttp2Stream {
  const call = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  call.on('error', () => undefined);
  return call;
}

/** The status that a call ends with; NaN without one. */
export async function statusOf(call: ClientHttp2Stream): Promise<number> {
  let status: unknown;
  call.on('response', (headers) => {
    status = headers['grpc-status'] ?? status;
  });
  call.on('trailers', (trailers) => {
    status = trailers['grpc-status'];
  });
  call.resume();
  await once(call, 'close');
  return Number(status ?? Number.NaN);
}

export function framed(body: Uint8Array, claimedBytes = body.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(claimedBytes, 1);
  return Buffer.concat([prefix, body]);
}
