import { once } from 'node:events';
import { GossipClient } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import { MonitoringClient } from '@eventstore/db-client/generated/monitoring_grpc_pb.js';
import monitoring from '@eventstore/db-client/generated/monitoring_pb.js';
import { ServerFeaturesClient } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { credentials, type ServiceError } from '@grpc/grpc-js';
import { describe, expect, it, jest } from '@jest/globals';
import { embeddedOnly, nodeUnderTest } from './node-under-test.js';
import { rawClientOf } from './raw-client.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();
const raw = rawClientOf(node);

describe('the node tells', () => {
  it('what it is: one living leader, where the client reached it', async () => {
    const gossip = new GossipClient(raw.address, credentials.createInsecure());
    const cluster = await new Promise<{ membersList: object[] }>((resolve, reject) =>
      gossip.read(new shared.Empty(), (error, answer) =>
        error ? reject(error) : resolve(answer.toObject()),
      ),
    );
    gossip.close();
    const { hostname, port } = new URL(node.url.replace('esdb:', 'http:'));
    expect(cluster.membersList).toHaveLength(1);
    expect(cluster.membersList[0]).toMatchObject({
      state: 8,
      isAlive: true,
      httpEndPoint: { address: hostname, port: Number(port) },
    });
  });

  it('what it serves, in lower case', async () => {
    const features = new ServerFeaturesClient(raw.address, credentials.createInsecure());
    const { methodsList, eventStoreServerVersion } = await new Promise<{
      methodsList: { serviceName: string; methodName: string; featuresList: string[] }[];
      eventStoreServerVersion: string;
    }>((resolve, reject) =>
      features.getSupportedMethods(new shared.Empty(), (error, answer) =>
        error ? reject(error) : resolve(answer.toObject()),
      ),
    );
    features.close();
    expect(eventStoreServerVersion).toMatch(/^\d+\.\d+\.\d+/);
    expect(methodsList).toContainEqual({
      serviceName: 'event_store.client.streams.streams',
      methodName: 'batchappend',
      featuresList: ['deadline_duration'],
    });
    for (const { serviceName, methodName } of methodsList)
      expect(serviceName + methodName).toBe((serviceName + methodName).toLowerCase());
  });

  embeddedOnly('a real node serves it')('what it does not serve', async () => {
    const stats = new MonitoringClient(raw.address, credentials.createInsecure());
    const call = stats.stats(new monitoring.StatsReq());
    const [error] = (await once(call, 'error')) as [ServiceError];
    expect(error.code).toBe(12);
    stats.close();
  });
});
