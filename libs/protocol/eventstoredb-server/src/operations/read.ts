import type { GrpcCall } from '../grpc/index.js';
import type { NodeContext } from '../node-context.js';
import { readAll } from './read-all.js';
import { readRequestOf } from './read-request.js';
import { readStream } from './read-stream.js';
import { subscribeToAll } from './subscribe-to-all.js';
import { subscribeToStream } from './subscribe-to-stream.js';

/** `Streams.Read`: four calls in one. */
export async function read(call: GrpcCall, node: NodeContext): Promise<void> {
  const request = readRequestOf(await call.receiveOne());
  switch (request.kind) {
    case 'read-stream':
      return readStream(call, node, request);
    case 'read-all':
      return readAll(call, node, request);
    case 'subscribe-to-stream':
      return node.metrics.subscription('stream', subscribeToStream(call, node, request));
    case 'subscribe-to-all':
      return node.metrics.subscription('all', subscribeToAll(call, node, request));
  }
}
