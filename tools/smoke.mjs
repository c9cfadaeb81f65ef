// Does in a fresh clone, in a temporary folder, what the README tells a new user to do: `npm start`, a first order,
// read it back, stop. Prints how long the clone took to its first answered order.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const START_LIMIT_MS = 300_000;
const STOP_LIMIT_MS = 5_000;
const root = fileURLToPath(new URL('..', import.meta.url));

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function check(condition, what) {
  if (!condition) throw new Error(`smoke: ${what}`);
}

async function untilReady(url, hasExited) {
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    check(!hasExited(), 'npm start ended by itself');
    check(Date.now() < deadline, `npm start was not ready within ${START_LIMIT_MS} ms`);
    const response = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (response?.ok) return;
    await delay(100);
  }
}

const ORDER = {
  customerId: 'c-1',
  country: 'GB',
  currency: 'GBP',
  place: true,
  lines: [{ productCode: '85123A', quantity: 6, unitPrice: '2.55' }],
};

async function firstOrder(url) {
  const placed = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ORDER),
  });
  check(placed.status === 201, `POST /orders answered ${placed.status}: ${await placed.clone().text()}`);
  check(placed.headers.get('etag') === '"0"', `ETag was ${placed.headers.get('etag')}`);
  return placed.json();
}

async function readBack(url, { orderId, position }) {
  const read = await fetch(`${url}/orders/${orderId}`, {
    headers: { 'tidemark-consistency': position, prefer: 'wait=5' },
  });
  check(read.status === 200, `GET /orders/{id} answered ${read.status}: ${await read.clone().text()}`);
  const order = await read.json();
  check(order.status === 'placed', `the order is ${order.status}`);
}

function stop(child) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      process.kill(-child.pid, 'SIGKILL');
      reject(new Error(`smoke: not stopped within ${STOP_LIMIT_MS} ms of SIGTERM`));
    }, STOP_LIMIT_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    process.kill(child.pid, 'SIGTERM');
  });
}

async function run(folder) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const startedAt = Date.now();
  const cloned = spawnSync('git', ['clone', '--quiet', root, folder], { stdio: 'inherit' });
  check(cloned.status === 0, 'git clone failed');
  const child = spawn('npm', ['start'], {
    cwd: folder,
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  let exited = false;
  child.once('exit', () => {
    exited = true;
  });
  try {
    await untilReady(url, () => exited);
    const placed = await firstOrder(url);
    console.log(`smoke: clone to first answered order ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
    await readBack(url, placed);
    await stop(child);
    const left = await fetch(url).catch(() => undefined);
    check(!left, 'a process of it is left behind');
  } finally {
    if (!exited) process.kill(-child.pid, 'SIGKILL');
  }
}

const parent = mkdtempSync(join(tmpdir(), 'tidemark-smoke-'));
try {
  await run(join(parent, 'tidemark'));
  console.log('smoke: passed');
} finally {
  rmSync(parent, { recursive: true, force: true });
}
