import { randomUUID } from 'node:crypto';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll } from '@jest/globals';
import type { NodeUnderTest } from './node-under-test.js';

/** The package's own stubs, for what the genuine client cannot be made to send. */
export function rawClientOf(node: NodeUnderTest): { streams: StreamsClient; address: string } {
  const raw = { streams: undefined as unknown as StreamsClient, address: '' };
  beforeAll(() => {
    raw.address = new URL(node.url).host;
    raw.streams = new StreamsClient(raw.address, credentials.createInsecure());
  });
  afterAll(() => raw.streams.close());
  return raw;
}

export function identifier(stream: string) {
  const name = new shared.StreamIdentifier();
  name.setStreamName(Buffer.from(stream));
  return name;
}

export function uuid(text: string = randomUUID()) {
  const id = new shared.UUID();
  id.setString(text);
  return id;
}
