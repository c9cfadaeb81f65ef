import { performance } from 'node:perf_hooks';
import { FrameCounter, leanCall, leanSession } from './lean-session.js';
import { allFromStart, streamFromStart } from './read-requests.js';

/** Reads all of `$all`, counts the frames and decodes nothing. Frames per second. */
export async function drain(url: string): Promise<number> {
  const startedAt = performance.now();
  return ((await framesOf(url, allFromStart('read'))) * 1_000) / (performance.now() - startedAt);
}

/** The first answer of a node that has just started. @throws when there is none, or no event in it */
export async function firstStreamRead(url: string, stream: string): Promise<void> {
  if ((await framesOf(url, streamFromStart(stream))) === 0) throw new Error(`Nothing was read of ${stream}.`);
}

async function framesOf(url: string, request: Buffer): Promise<number> {
  const session = leanSession(url);
  try {
    const counter = new FrameCounter();
    const stream = leanCall(session, 'Read');
    stream.on('data', (chunk: Buffer) => counter.push(chunk));
    stream.end(request);
    await new Promise<void>((resolve, reject) => {
      session.once('error', reject);
      stream.once('error', reject);
      stream.once('end', resolve);
    });
    return counter.count;
  } finally {
    session.close();
  }
}
