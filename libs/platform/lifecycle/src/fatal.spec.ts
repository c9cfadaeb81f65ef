import { createServer, type Server } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { EXIT, FatalError } from './exit-code.js';
import { endingOf } from './fatal.js';

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function listenError(port: number, host: string): Promise<Error> {
  return new Promise((resolve) => createServer().once('error', resolve).listen(port, host));
}

describe('how a process ends', () => {
  it.each([
    [new FatalError('There is no stream order-1.'), EXIT.usage, 'There is no stream order-1.'],
    [new FatalError('Away.', EXIT.storeOutOfReach), EXIT.storeOutOfReach, 'Away.'],
    [named('SettingsError', 'One.\nTwo.'), EXIT.usage, 'One.\nTwo.'],
    [named('DataFolderError', 'In use.'), EXIT.usage, 'In use.'],
    [named('MongoServerSelectionError', 'No server.'), EXIT.storeOutOfReach, 'No server.'],
    [Object.assign(new Error('Away.'), { kind: 'unavailable' }), EXIT.storeOutOfReach, 'Away.'],
  ])('%s: code %i, and its sentence alone', (error, exitCode, text) =>
    expect(endingOf(error)).toEqual({ exitCode, text }),
  );

  it('shows a stack trace only where the fault is its own', () => {
    const { exitCode, text } = endingOf(new TypeError('x is not a function'));
    expect(exitCode).toBe(EXIT.fault);
    expect(text).toMatch(/^TypeError: x is not a function\n {4}at /);
  });

  it('says what to do about a taken port', async () => {
    const taken: Server = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const ending = endingOf(await listenError(port, '127.0.0.1'));
    await new Promise((resolve) => taken.close(resolve));
    expect(ending).toEqual({
      exitCode: EXIT.usage,
      text: `127.0.0.1:${port} is already in use: stop the other process, or choose another port with PORT.`,
    });
  });

  it('says what to do about an address that is not of this machine', async () =>
    expect(endingOf(await listenError(0, '192.0.2.1'))).toMatchObject({
      exitCode: EXIT.usage,
      text: expect.stringContaining('set HOST'),
    }));
});
