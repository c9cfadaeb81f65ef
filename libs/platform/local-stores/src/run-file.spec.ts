import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readRunFile, removeRunFile, writeRunFile } from './run-file.js';

const info = {
  url: 'http://127.0.0.1:3000',
  eventStoreUrl: 'esdb://127.0.0.1:2113?tls=false',
  mongoUrl: 'mongodb://127.0.0.1:27017/?replicaSet=rs0',
};
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-run-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('run.json', () => {
  it('says where the running standalone is, to its owner alone', () => {
    writeRunFile(folder, info);
    expect(readRunFile(folder)).toEqual(info);
    expect(statSync(join(folder, 'run.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['run.json']);
  });

  it('is not there before the start and after the stop', () => {
    expect(readRunFile(folder)).toBeUndefined();
    writeRunFile(folder, info);
    removeRunFile(folder);
    expect(readRunFile(folder)).toBeUndefined();
    removeRunFile(folder);
  });

  it('of a process that was killed counts for nothing', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    editProcess(folder, (identity) => ({ ...identity, pid }));
    expect(readRunFile(folder)).toBeUndefined();
  });

  it('of a process whose id another process has now counts for nothing', () => {
    editProcess(folder, (identity) => ({ ...identity, startedAtTicks: '1' }));
    expect(readRunFile(folder)).toBeUndefined();
  });
});

function editProcess(path: string, change: (identity: object) => object): void {
  writeRunFile(path, info);
  const file = join(path, 'run.json');
  const stored = JSON.parse(readFileSync(file, 'utf8')) as { process: object };
  writeFileSync(file, JSON.stringify({ ...stored, process: change(stored.process) }));
}
