import 'reflect-metadata';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { createLogger } from '#libs/platform/observability';
import { createHttpApp, type HttpApp, type HttpAppOptions } from './index.js';

/** Handlers wait at the gate, so that a spec decides when they end. */
class Gate {
  readonly waiting: (() => void)[] = [];
  private readonly watchers: { count: number; reached: () => void }[] = [];

  pass(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      for (const { count, reached } of this.watchers) if (this.waiting.length >= count) reached();
    });
  }
  reached(count: number): Promise<void> {
    if (this.waiting.length >= count) return Promise.resolve();
    return new Promise((reached) => this.watchers.push({ count, reached }));
  }
  open(): void {
    for (const resume of this.waiting.splice(0)) resume();
  }
}

let gate: Gate;
@Controller()
class GateController {
  @Post('gate')
  async pass() {
    await gate.pass();
    return { passed: true };
  }
  @Get('look')
  look() {
    return { seen: true };
  }
}
@Module({ controllers: [GateController] })
class GateModule {}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: { readonly code?: string };
}

const agents: Agent[] = [];
let app: HttpApp | undefined;
let base = '';
let lines: string[] = [];
async function start(options: Partial<HttpAppOptions> = {}): Promise<HttpApp> {
  gate = new Gate();
  lines = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const logger = createLogger({ level: 'info', format: 'json', destination });
  app = await createHttpApp(GateModule, { logger, ...options });
  base = await app.listen({ host: '127.0.0.1', port: 0 });
  return app;
}
afterEach(async () => {
  gate.open();
  await app?.stop();
  app = undefined;
  for (const agent of agents.splice(0)) agent.destroy();
});

const newAgent = (): Agent => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agents.push(agent);
  return agent;
};
function send(
  method: string,
  path: string,
  { agent = newAgent(), signal }: { agent?: Agent; signal?: AbortSignal } = {},
) {
  return new Promise<Answer>((resolve, reject) => {
    const sent = request(`${base}${path}`, { method, agent, ...(signal ? { signal } : {}) }, (response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode, headers: response.headers, body: JSON.parse(body) }),
        reject,
      );
    });
    sent.on('error', reject).end();
  });
}

describe('commands at the same time', () => {
  it('wait for their turn, and are refused when too many wait', async () => {
    await start({ commandsInFlight: 1, commandQueue: 1 });
    const first = send('POST', '/gate');
    await gate.reached(1);
    const others = [send('POST', '/gate'), send('POST', '/gate')];
    const refused = await Promise.race(others); // the other one waits
    expect(refused.body).toMatchObject({ code: 'OVERLOADED', status: 503 });
    expect(refused.headers['retry-after']).toBe('1');
    expect((await send('GET', '/look')).status).toBe(200);
    gate.open();
    expect((await first).status).toBe(201);
    await gate.reached(1);
    gate.open();
    expect((await Promise.all(others)).map(({ status }) => status).sort()).toEqual([201, 503]);
  });

  it('give their turn back when their clients go away', async () => {
    await start({ commandsInFlight: 1, commandQueue: 2 });
    const working = new AbortController();
    const first = send('POST', '/gate', { signal: working.signal });
    await gate.reached(1);
    working.abort();
    await expect(first).rejects.toThrow('aborted');
    const waiting = new AbortController();
    const second = send('POST', '/gate', { signal: waiting.signal });
    await send('GET', '/look');
    waiting.abort();
    await expect(second).rejects.toThrow('aborted');
    const third = send('POST', '/gate');
    await send('GET', '/look');
    gate.open();
    await gate.reached(1);
    gate.open();
    expect((await third).status).toBe(201);
  });
});

describe('stop', () => {
  it('answers what is in flight, refuses what arrives, and closes every connection', async () => {
    const { server } = await start();
    const agent = newAgent();
    expect((await send('GET', '/look', { agent })).headers.connection).toBe('keep-alive');
    const inFlight = send('POST', '/gate');
    await gate.reached(1);
    const stopped = (app as HttpApp).stop();
    const late = await send('GET', '/look', { agent });
    expect(late).toMatchObject({
      status: 503,
      body: { code: 'SHUTTING_DOWN' },
      headers: { connection: 'close' },
    });
    expect(await send('GET', '/health/live')).toMatchObject({ status: 200 });
    expect(await send('GET', '/health/ready')).toMatchObject({ status: 503, body: { status: 'not_ready' } });
    gate.open();
    expect(await inFlight).toMatchObject({ status: 201, headers: { connection: 'close' } });
    await stopped;
    expect(server.server.listening).toBe(false);
    await expect(send('GET', '/look')).rejects.toThrow('ECONNREFUSED');
  });

  it('is quick when only idle connections are left', async () => {
    await start();
    await send('GET', '/look');
    const began = performance.now();
    await app?.stop();
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('does not wait for ever', async () => {
    await start({ shutdownTimeoutMs: 50 });
    const inFlight = send('POST', '/gate');
    await gate.reached(1);
    const lost = expect(inFlight).rejects.toThrow('socket hang up');
    await app?.stop();
    await lost;
    expect(lines.join('')).toContain('stopped with requests in flight');
  });
});

describe('listen', () => {
  it('fails when the port is taken', async () => {
    await start();
    const other = await createHttpApp(GateModule, {
      logger: createLogger({ level: 'silent', format: 'json' }),
    });
    const taken = other.listen({ host: '127.0.0.1', port: Number(new URL(base).port) });
    await expect(taken).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await other.stop();
  });
});

describe('what is no request at all', () => {
  it.each([
    ['garbage', 'hello\r\n\r\n', '400 Bad Request', 'BAD_REQUEST'],
    [
      'headers without end',
      `GET /look HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`,
      '431 Request Header Fields Too Large',
      'HEADERS_TOO_LARGE',
    ],
  ])('%s is answered with a problem, and the connection closed', async (_what, sent, status, code) => {
    await start();
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    socket.write(sent);
    const answer = await text(socket);
    expect(answer).toContain(`HTTP/1.1 ${status}`);
    expect(answer).toContain('application/problem+json');
    expect(answer).toContain(`"code":"${code}"`);
  });
});

it('a client that still sends a body which is refused gets the answer, not a broken connection', async () => {
  await start();
  const body = JSON.stringify('x'.repeat(3 * 2 ** 20));
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.setEncoding('utf8').on('data', (data) => {
    answer += data;
  });
  const ended = once(socket, 'end');
  socket.write(
    `POST /gate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  for (let other = 0; other < 20; other++) await send('GET', '/look'); // time enough to answer, and to hang up
  expect(answer).toBe('');
  socket.write(body);
  await ended;
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).toContain('BODY_TOO_LARGE');
});
