import { startGrpcServer } from '../../../libs/protocol/eventstoredb-server/src/grpc/index.js';
import { DEFAULT_LIMITS } from '../../../libs/protocol/eventstoredb-server/src/node-settings.js';
import {
  type AppendingNode,
  batchAppend,
} from '../../../libs/protocol/eventstoredb-server/src/operations/batch-append.js';
import { supportedMethods } from '../../../libs/protocol/eventstoredb-server/src/operations/server-features.js';

const BATCH_APPEND = '/event_store.client.streams.Streams/BatchAppend';
const SUPPORTED_METHODS = '/event_store.client.server_features.ServerFeatures/GetSupportedMethods';

/** The node's own transport, decoding and answering, with nothing behind it: no log, no index, no disk. */
export async function serveWithoutStoring(): Promise<string> {
  const revisions = new Map<string, number>();
  let position = 0;
  const node: AppendingNode = {
    limits: DEFAULT_LIMITS,
    log: { pendingBytes: 0, whenDurable: () => undefined },
    writer: {
      decide: (stream, _expected, events) => {
        const revision = (revisions.get(stream) ?? -1) + events.length;
        revisions.set(stream, revision);
        position += events.length;
        return { kind: 'stored', revision, position };
      },
    },
  };
  const server = await startGrpcServer({
    host: '127.0.0.1',
    port: 0,
    handlers: new Map([
      [BATCH_APPEND, (call) => batchAppend(call, node)],
      [SUPPORTED_METHODS, (call) => supportedMethods(call, [BATCH_APPEND, SUPPORTED_METHODS])],
    ]),
  });
  return `esdb://127.0.0.1:${server.address.port}?tls=false`;
}
