#!/usr/bin/env node
// The `tidemark` command. On a fresh clone it installs and builds first, told on standard error.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bootstrap = fileURLToPath(new URL('../tools/bootstrap.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [bootstrap, '--build'], { stdio: ['ignore', 2, 2] });
if (status !== 0) process.exit(status ?? 1);

process.setSourceMapsEnabled(true);
await import(new URL('../dist/apps/ops/src/main.js', import.meta.url));
