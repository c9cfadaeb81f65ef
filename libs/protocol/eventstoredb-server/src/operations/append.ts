import type streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { shared, streams } from '../generated-codecs.js';
import { type GrpcCall, GrpcError, GrpcStatus } from '../grpc/index.js';
import type { NodeContext } from '../node-context.js';
import type { AppendOutcome, NewEvent } from '../streams/stream-writer.js';
import { decodeAppendReq, type ExpectedRevision } from '../wire/index.js';
import {
  invalidArgument,
  maxAppendEventSizeExceeded,
  maxAppendSizeExceeded,
  streamDeleted,
} from './errors.js';
import { AppendSize, checkStreamName, newEventOf } from './new-event.js';

interface Target {
  readonly stream: string;
  readonly expected: ExpectedRevision;
}

/** `Streams.Append`: the options, then the events, then one answer after the half-close. */
export async function append(call: GrpcCall, node: NodeContext): Promise<void> {
  const { target, events } = await receiveAppend(call, node);
  if (call.signal.aborted) return; // given up before anything was written
  const outcome = await node.writer.append(target.stream, target.expected, events);
  if (outcome.kind === 'deleted') throw streamDeleted(target.stream);
  call.write(encodeAnswer(outcome, target.expected).serializeBinary());
}

async function receiveAppend(call: GrpcCall, { limits }: NodeContext) {
  const size = new AppendSize(limits);
  const events: NewEvent[] = [];
  let target: Target | undefined;
  await call.receive((bytes) => {
    const request = decodeAppendReq(bytes);
    if (target === undefined) target = targetOf(request?.options);
    else if (!request?.message)
      throw new GrpcError(GrpcStatus.UNKNOWN, 'Expected an event after the options.');
    else {
      const event = newEventOf(request.message);
      const exceeded = size.add(event);
      if (exceeded === 'append') throw maxAppendSizeExceeded(limits.maxAppendBytes);
      if (exceeded === 'event')
        throw maxAppendEventSizeExceeded(event.id, event.data.length, limits.maxAppendEventBytes);
      events.push(event);
    }
  });
  if (target === undefined) throw new GrpcError(GrpcStatus.UNKNOWN, 'The options are missing.');
  return { target, events };
}

function targetOf(
  options: { stream: string | undefined; expected: ExpectedRevision | undefined } | undefined,
) {
  if (options === undefined)
    throw new GrpcError(GrpcStatus.UNKNOWN, 'The first message must be the options.');
  if (options.expected === undefined) throw invalidArgument('The expected revision is missing.');
  return { stream: checkStreamName(options.stream), expected: options.expected };
}

type Answered = Exclude<AppendOutcome, { kind: 'deleted' }>;

function encodeAnswer(outcome: Answered, expected: ExpectedRevision): streamsPb.AppendResp {
  const answer = new streams.AppendResp();
  if (outcome.kind === 'wrong-version')
    answer.setWrongExpectedVersion(wrongVersion(outcome.lastRevision, expected));
  else answer.setSuccess(success(outcome));
  return answer;
}

function success({ revision, position }: Extract<AppendOutcome, { kind: 'stored' }>) {
  const answer = new streams.AppendResp.Success();
  if (revision === -1) answer.setNoStream(new shared.Empty());
  else answer.setCurrentRevision(String(revision));
  if (position === undefined) answer.setNoPosition(new shared.Empty());
  else {
    const at = new streams.AppendResp.Position();
    at.setCommitPosition(String(position));
    at.setPreparePosition(String(position));
    answer.setPosition(at);
  }
  return answer;
}

function wrongVersion(lastRevision: number, expected: ExpectedRevision) {
  const answer = new streams.AppendResp.WrongExpectedVersion();
  if (lastRevision === -1) answer.setCurrentNoStream(new shared.Empty());
  else answer.setCurrentRevision(String(lastRevision));
  if (expected === 'any') answer.setExpectedAny(new shared.Empty());
  else if (expected === 'stream_exists') answer.setExpectedStreamExists(new shared.Empty());
  else if (expected === 'no_stream') answer.setExpectedNoStream(new shared.Empty());
  else answer.setExpectedRevision(String(expected));
  return answer;
}
