import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { FaultyNetwork } from './faulty-network.js';

let echo: Server;
let network: FaultyNetwork;
let heard: string[];
const open: Socket[] = [];

beforeEach(async () => {
  heard = [];
  echo = createServer((socket) =>
    socket
      .on('error', () => undefined)
      .on('data', (bytes) => {
        heard.push(`${bytes}`);
        socket.write(bytes);
      }),
  ).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  network = await FaultyNetwork.before({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port });
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await network.close();
  await new Promise((resolve) => echo.close(resolve));
});

async function call(): Promise<Socket> {
  const socket = connect(network.port, '127.0.0.1').on('error', () => undefined);
  open.push(socket);
  await once(socket, 'connect');
  return socket;
}

it('carries both ways', async () => {
  const socket = await call();
  socket.write('hello');
  expect(`${await once(socket, 'data')}`).toBe('hello');
});

it('holds everything back while it is silent, and lets it go when healed', async () => {
  const socket = await call();
  socket.write('a');
  await once(socket, 'data');
  network.goSilent();
  socket.write('b');
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual(['a']);
  network.heal();
  expect(`${await once(socket, 'data')}`).toBe('b');
});

it('loses answers only', async () => {
  const socket = await call();
  network.loseAnswers();
  const arrived = new Promise<void>((resolve) => echo.once('connection', () => resolve()));
  const second = await call();
  second.write('question');
  await arrived;
  while (heard.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual(['question']);
  network.heal();
  socket.write('x');
  expect(`${await once(socket, 'data')}`).toBe('x');
});

it('cuts, refuses, and accepts again on the same port', async () => {
  const socket = await call();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await network.refuse();
  await closed;
  await expect(call()).rejects.toThrow('ECONNREFUSED');
  await network.accept();
  await call();
});
