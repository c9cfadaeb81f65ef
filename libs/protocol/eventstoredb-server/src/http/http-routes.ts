import { pid } from 'node:process';
import type { NodeContext } from '../node-context.js';
import type { GossipedNode } from '../operations/gossip.js';
import { SERVER_VERSION } from '../operations/server-features.js';

/** An answer to a GET. */
export interface HttpAnswer {
  readonly status: number;
  /** What is not text is sent as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
}

export type HttpRoute = (query: URLSearchParams) => HttpAnswer | Promise<HttpAnswer>;

/** By path: what operators and tools ask a real node for. `isReady` is false once the node stops. */
export function httpRoutes(
  node: NodeContext,
  whereReached: () => GossipedNode,
  isReady: () => boolean,
): ReadonlyMap<string, HttpRoute> {
  const startedAt = new Date();
  const { registry } = node.metrics;
  return new Map<string, HttpRoute>([
    ['/health/live', (query) => ({ status: !isReady() ? 503 : query.get('liveCode') === '200' ? 200 : 204 })],
    ['/ping', () => json({ msgTypeId: 1, text: 'Ping request successfully handled' })],
    ['/info', () => json(INFO)],
    ['/gossip', () => json(gossip(whereReached()))],
    ['/stats', () => json({ proc: processStats(startedAt), es: storeStats(node) })],
    [
      '/metrics',
      async () => ({ status: 200, body: await registry.metrics(), contentType: registry.contentType }),
    ],
  ]);
}

const json = (body: unknown): HttpAnswer => ({ status: 200, body });

const INFO = {
  dbVersion: SERVER_VERSION,
  state: 'leader',
  features: { projections: true, userManagement: false, atomPub: false },
  authentication: { type: 'insecure', properties: {} },
};

function gossip({ instanceId, host, port }: GossipedNode) {
  const member = {
    instanceId,
    timeStamp: new Date().toISOString(),
    state: 'Leader',
    isAlive: true,
    httpEndPointIp: host,
    httpEndPointPort: port,
  };
  return { members: [member], serverIp: host, serverPort: port };
}

function processStats(startedAt: Date) {
  const { user, system } = process.cpuUsage();
  return {
    startTime: startedAt.toISOString(),
    id: pid,
    mem: process.memoryUsage.rss(),
    cpuSeconds: (user + system) / 1e6,
  };
}

function storeStats({ log, index, projections, persistentSubscriptions }: NodeContext) {
  return {
    log: { events: log.endPosition, bytes: log.sizeBytes, waitingBytes: log.pendingBytes },
    cache: log.cacheUse,
    streams: index.size,
    persistentSubscriptionGroups: persistentSubscriptions.list().length,
    projections: Object.fromEntries([...projections].map(({ statistics }) => [statistics.name, statistics])),
  };
}
