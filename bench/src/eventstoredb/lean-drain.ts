import { performance } from 'node:perf_hooks';
import { FrameCounter, leanCall, leanSession } from './lean-session.js';
import { allFromStart } from './read-requests.js';

/** Reads all of `$all`, counts the frames and decodes nothing. Frames per second. */
export async function drain(url: string): Promise<number> {
  const session = leanSession(url);
  try {
    const startedAt = performance.now();
    const counter = new FrameCounter();
    const stream = leanCall(session, 'Read');
    stream.on('data', (chunk: Buffer) => counter.push(chunk));
    stream.end(allFromStart('read'));
    await new Promise<void>((resolve, reject) => {
      session.once('error', reject);
      stream.once('error', reject);
      stream.once('end', resolve);
    });
    return (counter.count * 1_000) / (performance.now() - startedAt);
  } finally {
    session.close();
  }
}
