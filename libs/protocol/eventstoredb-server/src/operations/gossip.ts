import { gossip, shared } from '../generated-codecs.js';
import type { GrpcCall } from '../grpc/index.js';

export interface GossipedNode {
  /** UUID of this run of the node. */
  readonly instanceId: string;
  /** Where clients reach it. */
  readonly host: string;
  readonly port: number;
}

const TICKS_PER_MS = 10_000;

/** `Gossip.Read`: a cluster of this one node, which leads it. */
export async function readGossip(call: GrpcCall, node: GossipedNode): Promise<void> {
  await call.receiveOne();
  const id = new shared.UUID();
  id.setString(node.instanceId);
  const endPoint = new gossip.EndPoint();
  endPoint.setAddress(node.host);
  endPoint.setPort(node.port);
  const member = new gossip.MemberInfo();
  member.setInstanceId(id);
  member.setTimeStamp(String(Date.now() * TICKS_PER_MS));
  member.setState(gossip.MemberInfo.VNodeState.LEADER);
  member.setIsAlive(true);
  member.setHttpEndPoint(endPoint);
  const cluster = new gossip.ClusterInfo();
  cluster.setMembersList([member]);
  call.write(cluster.serializeBinary());
}
