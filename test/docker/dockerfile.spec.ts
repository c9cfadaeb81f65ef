import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../harness/index.js';

const lines = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').split('\n');
const instructions = (name: string): string[] =>
  lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n').filter(Boolean);

describe('Dockerfile', () => {
  it('builds in one stage and ships another, both on a pinned Node that the package accepts', () => {
    const stages = instructions('FROM');
    expect(stages).toHaveLength(2);
    for (const stage of stages) expect(stage).toMatch(/^node:20\.\d+-[\w-]+( AS build)?$/);
  });

  it('runs as an ordinary user', () => expect(instructions('USER')).toEqual(['node']));

  it('starts Node itself, so that signals reach it', () =>
    expect(instructions('CMD').join()).toMatch(/^\["node", /));

  it('copies only what is there and what .dockerignore lets through', () => {
    const copied = instructions('COPY')
      .filter((copy) => !copy.startsWith('--from'))
      .flatMap((copy) => copy.split(' ').slice(0, -1));
    expect(ignored[0]).toBe('*');
    for (const name of copied) {
      expect(existsSync(join(ROOT, name))).toBe(true);
      expect(ignored).toContain(`!${name}`);
    }
  });
});
