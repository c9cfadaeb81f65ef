import { createRequire } from 'node:module';
import type gossipPb from '@eventstore/db-client/generated/gossip_pb.js';
import type persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import type projectionsPb from '@eventstore/db-client/generated/projections_pb.js';
import type featuresPb from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import type statusPb from '@eventstore/db-client/generated/status_pb.js';
import type streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import type emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import { MalformedMessageError } from './wire/index.js';

/**
 * The client package's own codecs, for the messages that are not frequent. Required, not imported: to import
 * CommonJS, Node first searches its text for names, which for these files takes longer than all the rest of a start.
 */
const require = createRequire(import.meta.url);
const generated = (name: string): unknown => require(`@eventstore/db-client/generated/${name}_pb.js`);

export const streams = generated('streams') as typeof streamsPb;
export const shared = generated('shared') as typeof sharedPb;
export const status = generated('status') as typeof statusPb;
export const gossip = generated('gossip') as typeof gossipPb;
export const projections = generated('projections') as typeof projectionsPb;
export const features = generated('serverfeatures') as typeof featuresPb;
export const persistent = generated('persistent') as typeof persistentPb;
export const { Any } = require('google-protobuf/google/protobuf/any_pb.js') as typeof anyPb;
export const { Empty } = require('google-protobuf/google/protobuf/empty_pb.js') as typeof emptyPb;

/** Reads a message. @throws MalformedMessageError where the generated codec throws errors of all kinds. */
export function decode<Message>(
  type: { deserializeBinary(bytes: Uint8Array): Message },
  bytes: Buffer,
): Message {
  try {
    return type.deserializeBinary(bytes);
  } catch (error) {
    throw new MalformedMessageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
