// Installs the locked dependencies when the lock is newer than what is installed; with --build also compiles
// when a source is newer than dist. Everything is told on standard error, so that a command's output stays its own.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const changedAt = (file) => statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;

function run(command, args, env = process.env) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], env });
  if (error) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function npm(...args) {
  const own = process.env.npm_execpath;
  if (own) run(process.execPath, [own, ...args]);
  else run('npm', args);
}

function newestSource(folder) {
  let newest = 0;
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/\.(ts|json)$/.test(entry.name)) continue;
    newest = Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs);
  }
  return newest;
}

if (changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json')) {
  console.error('Installing dependencies (once) …');
  npm('ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error');
}
if (process.argv.includes('--build')) {
  const sources = Math.max(
    changedAt('tsconfig.json'),
    ...['apps', 'libs', 'test', 'bench'].map((folder) => newestSource(folder)),
  );
  if (changedAt('dist/.built') < sources) {
    console.error('Building …');
    npm('run', '--silent', 'build');
  }
}
