import { randomUUID } from 'node:crypto';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { type ClientReadableStream, credentials } from '@grpc/grpc-js';
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

/** The data of a stream's events as the bytes they travel as: the client parses JSON, and loses digits. */
export function rawDataOf(raw: { streams: StreamsClient }, stream: string): Promise<string[]> {
  const from = new streams.ReadReq.Options.StreamOptions();
  from.setStreamIdentifier(identifier(stream));
  from.setStart(new shared.Empty());
  const ids = new streams.ReadReq.Options.UUIDOption();
  ids.setString(new shared.Empty());
  const options = new streams.ReadReq.Options();
  options.setStream(from);
  options.setUuidOption(ids);
  options.setNoFilter(new shared.Empty());
  options.setCount('100');
  const request = new streams.ReadReq();
  request.setOptions(options);
  return new Promise((resolve, reject) => {
    const found: string[] = [];
    const call = raw.streams.read(request) as ClientReadableStream<streams.ReadResp>;
    call.on('data', (answer: streams.ReadResp) =>
      found.push(Buffer.from(answer.getEvent()?.getEvent()?.getData_asU8() ?? []).toString()),
    );
    call.on('error', reject);
    call.on('end', () => resolve(found));
  });
}
