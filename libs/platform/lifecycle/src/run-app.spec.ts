import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { EXIT } from './exit-code.js';

const RUN_APP = new URL('./index.js', import.meta.url).href;

/** A process that says `started`, then does `whenStarted`; `close` says `closed`. */
function app({
  start = '',
  close = 'console.log("closed")',
  stopLimitMs = 2_000,
  whenStarted = '',
  failed = 'undefined',
}) {
  const script = `
    import { FatalError, runApp } from ${JSON.stringify(RUN_APP)};
    setInterval(() => {}, 1_000);
    void runApp(async () => {
      ${start}
      console.log('started');
      setTimeout(() => { ${whenStarted} }, 0);
      return { stopLimitMs: ${stopLimitMs}, failed: ${failed}, close: async () => { ${close} } };
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
  const says = async (word: string) => {
    while (!output.stdout.includes(word)) await once(child.stdout, 'data');
  };
  return { child, ended, says };
}

describe('runApp', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s closes and ends with 0', async (signal) => {
    const { child, ended, says } = app({});
    await says('started');
    child.kill(signal);
    expect(await ended).toEqual({ code: EXIT.ok, stdout: 'started\nclosed\n', stderr: '' });
  });

  it('a second signal ends it at once', async () => {
    const { child, ended, says } = app({ close: 'console.log("closing"); await new Promise(() => {})' });
    await says('started');
    child.kill('SIGINT');
    await says('closing');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: EXIT.interrupted, stderr: '' });
  });

  it('does not wait longer for the closing than its limit', async () => {
    const { child, ended, says } = app({ close: 'await new Promise(() => {})', stopLimitMs: 50 });
    await says('started');
    child.kill();
    expect(await ended).toMatchObject({ code: EXIT.fault, stderr: expect.stringContaining('within 50 ms') });
  });

  it('says in one sentence why it does not start', async () => {
    const { ended } = app({ start: `throw new FatalError('The port is taken.')` });
    expect(await ended).toEqual({ code: EXIT.usage, stdout: '', stderr: 'The port is taken.\n' });
  });

  it('closes when what it cannot go on without is gone, and says so', async () => {
    const { ended } = app({ failed: `Promise.reject(new FatalError('The store is gone.', 3))` });
    expect(await ended).toEqual({
      code: EXIT.storeOutOfReach,
      stdout: 'started\nclosed\n',
      stderr: 'The store is gone.\n',
    });
  });

  it.each([
    ['an exception that nobody caught', 'throw new Error("broken")'],
    ['a rejection that nobody handled', 'void Promise.reject(new Error("broken"))'],
  ])('closes after %s, with its stack trace', async (_what, whenStarted) => {
    const { ended } = app({ whenStarted });
    const { code, stdout, stderr } = await ended;
    expect({ code, stdout }).toEqual({ code: EXIT.fault, stdout: 'started\nclosed\n' });
    expect(stderr).toMatch(/^Error: broken\n {4}at /);
  });
});
