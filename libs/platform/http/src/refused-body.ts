import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** What is read, and thrown away, of a body that was refused: more than that is not worth an answer. */
const MOST_BYTES = 8 * 2 ** 20;
const WITHIN_MS = 1_000;

/**
 * A client that is still sending when its body is refused, and the connection closed, sees a broken connection instead of
 * the answer (RFC 9112, 9.6). So what is left of the body is read first, up to a bound.
 */
export function readRestOfRefusedBodies(server: FastifyInstance): void {
  server.addHook('onSend', async ({ raw }, { statusCode }) => {
    if (statusCode === 413) await rest(raw);
  });
}

function rest(request: IncomingMessage): Promise<void> {
  return new Promise((done) => {
    if (request.complete || request.destroyed) return done();
    let bytes = 0;
    const timer = setTimeout(ended, WITHIN_MS);
    function ended(): void {
      clearTimeout(timer);
      request.off('data', count).off('end', ended).off('close', ended);
      done();
    }
    function count(chunk: Buffer): void {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) ended();
    }
    request.on('data', count).once('end', ended).once('close', ended);
  });
}
