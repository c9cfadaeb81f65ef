import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../harness/index.js';

interface Project {
  readonly type: 'application' | 'library';
  readonly root: string;
  readonly sourceRoot: string;
  readonly entryFile: string;
}

const { projects } = JSON.parse(readFileSync(join(ROOT, 'nest-cli.json'), 'utf8')) as {
  projects: Readonly<Record<string, Project>>;
};
const folders = (parent: string): string[] =>
  readdirSync(join(ROOT, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(ROOT, parent, entry.name, 'src')))
    .map(({ name }) => `${parent}/${name}`);

describe('nest-cli.json', () => {
  it('lists every app and library of the house, and nothing else', () => {
    const houses = readdirSync(join(ROOT, 'libs')).flatMap((group) => folders(`libs/${group}`));
    const roots = Object.values(projects).map(({ root }) => root);
    expect(roots.sort()).toEqual([...folders('apps'), ...houses].sort());
  });

  it.each(Object.entries(projects))('%s has its entry file', (_name, { sourceRoot, entryFile }) =>
    expect(existsSync(join(ROOT, sourceRoot, `${entryFile}.ts`))).toBe(true),
  );
});
