import type streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { decode, shared, streams } from '../generated-codecs.js';
import type { GrpcCall } from '../grpc/index.js';
import type { NodeContext } from '../node-context.js';
import type { AppendOutcome } from '../streams/stream-writer.js';
import type { ExpectedRevision } from '../wire/index.js';
import { invalidArgument, streamDeleted, wrongExpectedVersion } from './errors.js';
import { checkStreamName } from './new-event.js';

/** `Streams.Delete`: hides the stream; it may live again. */
export async function deleteStream(call: GrpcCall, node: NodeContext): Promise<void> {
  const options = decode(streams.DeleteReq, await call.receiveOne()).getOptions();
  const { stream, expected } = targetOf(options);
  const position = positionOf(await node.writer.softDelete(stream, expected), stream, expected);
  const answer = new streams.DeleteResp();
  if (position === undefined) answer.setNoPosition(new shared.Empty());
  else {
    const at = new streams.DeleteResp.Position();
    at.setCommitPosition(position);
    at.setPreparePosition(position);
    answer.setPosition(at);
  }
  call.write(answer.serializeBinary());
}

/** `Streams.Tombstone`: ends the stream for good. */
export async function tombstoneStream(call: GrpcCall, node: NodeContext): Promise<void> {
  const options = decode(streams.TombstoneReq, await call.receiveOne()).getOptions();
  const { stream, expected } = targetOf(options);
  const position = positionOf(await node.writer.tombstone(stream, expected), stream, expected);
  const answer = new streams.TombstoneResp();
  if (position === undefined) answer.setNoPosition(new shared.Empty());
  else {
    const at = new streams.TombstoneResp.Position();
    at.setCommitPosition(position);
    at.setPreparePosition(position);
    answer.setPosition(at);
  }
  call.write(answer.serializeBinary());
}

const NO_STREAM_REVISION = 2n ** 64n - 1n;

function targetOf(options: streamsPb.DeleteReq.Options | streamsPb.TombstoneReq.Options | undefined): {
  stream: string;
  expected: ExpectedRevision;
} {
  if (options === undefined) throw invalidArgument('The options are missing.');
  const name = options.getStreamIdentifier()?.getStreamName_asU8();
  const stream = checkStreamName(name && Buffer.from(name).toString());
  return { stream, expected: expectedOf(options) };
}

function expectedOf(options: streamsPb.DeleteReq.Options | streamsPb.TombstoneReq.Options): ExpectedRevision {
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasStreamExists()) return 'stream_exists';
  if (!options.hasRevision()) throw invalidArgument('The expected revision is missing.');
  const revision = BigInt(options.getRevision());
  return revision === NO_STREAM_REVISION ? 'no_stream' : revision;
}

function positionOf(outcome: AppendOutcome, stream: string, expected: ExpectedRevision): string | undefined {
  if (outcome.kind === 'deleted') throw streamDeleted(stream);
  if (outcome.kind === 'wrong-version') throw wrongExpectedVersion(stream, expected, outcome.lastRevision);
  return outcome.position === undefined ? undefined : String(outcome.position);
}
