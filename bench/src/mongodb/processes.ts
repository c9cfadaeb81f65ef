import { Child, run } from '../../../test/harness/index.js';
import type { TASKS } from './tasks.js';

type Tasks = typeof TASKS;
const ENTRY = 'dist/bench/src/mongodb/task-main.js';

/** Runs a task in a process of its own, to its end. */
export async function inProcess<Name extends Exclude<keyof Tasks, 'serveFixedAnswers'>>(
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
}

/** The server as `npm run mongodb` runs it, with fsync on. */
export function startServer(dataDir: string): Promise<ServerProcess> {
  const entry = 'dist/libs/protocol/mongodb-server/src/main.js';
  return started(new Child({ entry, args: ['--data', dataDir, '--port', '0'] }));
}

/** The stand-in that answers every find alike. */
export function startFixedAnswers(documents: number): Promise<ServerProcess> {
  return started(new Child({ entry: ENTRY, args: ['serveFixedAnswers', JSON.stringify({ documents })] }));
}

async function started(child: Child): Promise<ServerProcess> {
  const url = await child.until('the server says where it is', () => {
    const found = /mongodb:\/\/[^\s",]+/.exec(child.stdout);
    if (!found) throw new Error('It has not said so.');
    return found[0];
  });
  return { url, pid: child.pid, stop: async () => void (await child.stop()) };
}
