import type { GrpcCall, GrpcHandler } from './grpc/index.js';
import type { NodeContext } from './node-context.js';
import { append } from './operations/append.js';
import { batchAppend } from './operations/batch-append.js';
import { deleteStream, tombstoneStream } from './operations/delete.js';
import { asGrpcError } from './operations/errors.js';
import { type GossipedNode, readGossip } from './operations/gossip.js';
import { getInfo, listGroups } from './operations/persistent-subscriptions/group-info.js';
import {
  createGroup,
  deleteGroup,
  replayParked,
  restartSubsystem,
  updateGroup,
} from './operations/persistent-subscriptions/manage-groups.js';
import { readGroup } from './operations/persistent-subscriptions/read-group.js';
import {
  disableProjection,
  enableProjection,
  projectionStatistics,
  resetProjection,
  restartProjections,
  userProjections,
} from './operations/projections.js';
import { read } from './operations/read.js';
import { supportedMethods } from './operations/server-features.js';

const STREAMS = '/event_store.client.streams.Streams';
const PERSISTENT_SUBSCRIPTIONS = '/event_store.client.persistent_subscriptions.PersistentSubscriptions';
const PROJECTIONS = '/event_store.client.projections.Projections';

/** Methods that stay open for as long as the client likes. */
export const LONG_LIVED_PATHS: ReadonlySet<string> = new Set([
  `${STREAMS}/Read`,
  `${STREAMS}/BatchAppend`,
  `${PERSISTENT_SUBSCRIPTIONS}/Read`,
]);

/** Largest request to the Streams service, as EventStoreDB sets it: 16 MiB - 10,000. */
export const MAX_STREAMS_REQUEST_BYTES = 16_767_216;

export function isStreamsPath(path: string): boolean {
  return path.startsWith(`${STREAMS}/`);
}

/** Every method that the node serves, by path; `whereReached` is asked at each gossip. */
export function services(node: NodeContext, whereReached: () => GossipedNode): Map<string, GrpcHandler> {
  const onNode = (operation: (call: GrpcCall, node: NodeContext) => Promise<void>) => (call: GrpcCall) =>
    operation(call, node);
  const handlers: [string, GrpcHandler][] = [
    [`${STREAMS}/Append`, onNode(append)],
    [`${STREAMS}/BatchAppend`, onNode(batchAppend)],
    [`${STREAMS}/Read`, onNode(read)],
    [`${STREAMS}/Delete`, onNode(deleteStream)],
    [`${STREAMS}/Tombstone`, onNode(tombstoneStream)],
    [`${PERSISTENT_SUBSCRIPTIONS}/Create`, onNode(createGroup)],
    [`${PERSISTENT_SUBSCRIPTIONS}/Update`, onNode(updateGroup)],
    [`${PERSISTENT_SUBSCRIPTIONS}/Delete`, onNode(deleteGroup)],
    [`${PERSISTENT_SUBSCRIPTIONS}/Read`, onNode(readGroup)],
    [`${PERSISTENT_SUBSCRIPTIONS}/GetInfo`, onNode(getInfo)],
    [`${PERSISTENT_SUBSCRIPTIONS}/List`, onNode(listGroups)],
    [`${PERSISTENT_SUBSCRIPTIONS}/ReplayParked`, onNode(replayParked)],
    [`${PERSISTENT_SUBSCRIPTIONS}/RestartSubsystem`, onNode(restartSubsystem)],
    [`${PROJECTIONS}/Enable`, onNode(enableProjection)],
    [`${PROJECTIONS}/Disable`, onNode(disableProjection)],
    [`${PROJECTIONS}/Reset`, onNode(resetProjection)],
    [`${PROJECTIONS}/Statistics`, onNode(projectionStatistics)],
    [`${PROJECTIONS}/RestartSubsystem`, onNode(restartProjections)],
    ['/event_store.client.gossip.Gossip/Read', (call) => readGossip(call, whereReached())],
  ];
  handlers.push([
    '/event_store.client.server_features.ServerFeatures/GetSupportedMethods',
    (call) =>
      supportedMethods(
        call,
        handlers.map(([path]) => path),
      ),
  ]);
  const unadvertised = ['Create', 'Update', 'Delete', 'State', 'Result'].map(
    (method): [string, GrpcHandler] => [`${PROJECTIONS}/${method}`, userProjections],
  );
  return new Map(
    [...handlers, ...unadvertised].map(([path, handler]) => [
      path,
      node.metrics.counted(path, withStatus(handler)),
    ]),
  );
}

function withStatus(handler: GrpcHandler): GrpcHandler {
  return async (call) => {
    try {
      await handler(call);
    } catch (error) {
      throw asGrpcError(error);
    }
  };
}
