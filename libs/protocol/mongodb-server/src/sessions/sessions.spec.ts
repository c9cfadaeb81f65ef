import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Engine } from '../storage/engine.js';
import { KeyValueStore } from '../storage/key-value-store.js';
import { RetryableWrites } from './retryable-writes.js';
import { Sessions } from './sessions.js';

let folder: string;
let engine: Engine;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-sessions-'));
  engine = new Engine(KeyValueStore.open(folder, 'none'), (message) => {
    throw new Error(message);
  });
});
afterEach(async () => {
  jest.useRealTimers();
  await engine.close();
  rmSync(folder, { recursive: true });
});

describe('a transaction', () => {
  it('lives 60 seconds, then it is gone and its keys are free', () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const sessions = new Sessions(engine, new RetryableWrites());
    const session = sessions.of(Buffer.alloc(16, 1));
    const key = Buffer.from('a key');
    sessions.statement(session, { number: 1n, starts: true }).claim(key);
    expect(engine.holders.size).toBe(1);
    jest.advanceTimersByTime(59_000);
    expect(sessions.statement(session, { number: 1n, starts: false })).toBe(session.transaction);
    jest.advanceTimersByTime(2_000);
    expect(engine.holders.size).toBe(0);
    expect(() => sessions.statement(session, { number: 1n, starts: false })).toThrow(
      expect.objectContaining({ code: 251 }),
    );
  });
});
