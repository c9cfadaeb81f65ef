import { parentPort, workerData } from 'node:worker_threads';
import { runNode } from './node.js';
import type { NodeSettings } from './node-settings.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

/** The thread in which a node runs, so that its work and its clients' do not wait for each other. */
const port = parentPort;
if (port === null) throw new Error('This file runs in a worker thread: use startEventStoreDb.');
const tell = (message: FromWorker) => port.postMessage(message);

try {
  const node = await runNode(workerData as NodeSettings, (message, error) =>
    tell({
      kind: 'unexpected',
      message,
      error: error instanceof Error ? (error.stack ?? '') : String(error),
    }),
  );
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'close')
      void node.close().then(() => {
        tell({ kind: 'closed' });
        port.close();
      });
  });
  tell({ kind: 'listening', ...node.address });
} catch (error) {
  const { name, message, code } = error as NodeJS.ErrnoException;
  tell({ kind: 'failed', error: { name, message, code } });
}
