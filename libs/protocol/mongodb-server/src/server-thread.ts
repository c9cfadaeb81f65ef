import { parentPort, workerData } from 'node:worker_threads';
import { startServer } from './server.js';
import type { FromThread, ThreadOptions, ToThread } from './thread-messages.js';

/** The server's own thread: whatever it computes never holds up the application. */
async function run(): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('this file runs as a worker thread only');
  const say = (message: FromThread) => port.postMessage(message);
  try {
    const server = await startServer({
      ...(workerData as ThreadOptions),
      report: (message, error) => say({ kind: 'report', message, error: describe(error) }),
    });
    port.on('message', (message: ToThread) => {
      if (message.kind === 'copy') {
        const { id, folder } = message;
        server.copyStoreTo(folder).then(
          () => say({ kind: 'copied', id }),
          (error) => say({ kind: 'copied', id, error: describe(error) }),
        );
        return;
      }
      server
        .close()
        .catch((error: unknown) =>
          say({ kind: 'report', message: 'Closing the store failed.', error: describe(error) }),
        )
        .finally(() => {
          say({ kind: 'closed' });
          port.close();
        });
    });
    say({ kind: 'listening', address: server.address });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    say({
      kind: 'failed',
      message: error instanceof Error ? error.message : String(error),
      ...(code ? { code } : {}),
    });
    port.close();
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

await run();
