import { readFileSync } from 'node:fs';
import { Child, run } from '../../../test/harness/index.js';
import type { TASKS } from './tasks.js';

type Tasks = typeof TASKS;
type ServingTask = 'serveFramesOf' | 'serveWithoutStoring';

const ENTRY = 'dist/bench/src/eventstoredb/task-main.js';

/** Runs a task in a process of its own, to its end. */
export async function inProcess<Name extends Exclude<keyof Tasks, ServingTask>>(
  name: Name,
  argument: Parameters<Tasks[Name]>[0],
): Promise<Awaited<ReturnType<Tasks[Name]>>> {
  const { code, stdout, stderr } = await run({ entry: ENTRY, args: [name, JSON.stringify(argument)] });
  if (code !== 0) throw new Error(`${name} failed: ${stderr}`);
  return JSON.parse(stdout) as Awaited<ReturnType<Tasks[Name]>>;
}

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
  /** `kill -9` */
  kill(): Promise<void>;
}

/** A stand-in for the node. */
export async function startStandIn(name: ServingTask, nodeUrl?: string): Promise<ServerProcess> {
  return started(new Child({ entry: ENTRY, args: [name, JSON.stringify(nodeUrl ?? null)] }), name);
}

/** The node as `npm run eventstoredb` runs it. */
export async function startNode(dataDir: string): Promise<ServerProcess> {
  const entry = 'dist/libs/protocol/eventstoredb-server/src/main.js';
  return started(new Child({ entry, args: ['--data', dataDir, '--port', '0'] }), 'the node');
}

async function started(child: Child, what: string): Promise<ServerProcess> {
  const url = await child.until(
    `${what} says where it is`,
    () => {
      const found = /esdb:\/\/[^\s",]+/.exec(child.stdout);
      if (!found) throw new Error('It has not said so.');
      return found[0];
    },
    300_000,
  );
  const { pid } = child;
  return {
    url,
    pid,
    stop: async () => void (await child.stop()),
    kill: async () => void (await child.kill()),
  };
}

const TICKS_PER_SECOND = 100; // Linux: sysconf(_SC_CLK_TCK) wherever Node runs

/** Processor time that a process has used so far, in seconds (Linux: utime and stime of /proc/<pid>/stat). */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
