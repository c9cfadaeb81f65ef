import { streams } from '../generated-codecs.js';
import { type GrpcCall, GrpcError, GrpcStatus } from '../grpc/index.js';
import type { NodeContext } from '../node-context.js';
import { isYoungEnough } from '../streams/event-age.js';
import { type VisibleStream, visibleStream } from '../streams/visible-stream.js';
import { encodeStreamNotFoundFrame } from '../wire/index.js';
import { streamDeleted } from './errors.js';
import { EventSender } from './event-sender.js';
import type { ReadFrom, ReadRequest } from './read-request.js';

type StreamRead = Extract<ReadRequest, { kind: 'read-stream' }>;
type Readable = Extract<VisibleStream, { kind: 'readable' }>;

/** Reads what the stream holds at this moment, from a revision on, that one included. */
export async function readStream(call: GrpcCall, node: NodeContext, read: StreamRead): Promise<void> {
  const visible = visibleStream(node.index, node.log, read.stream);
  if (visible.kind === 'tombstoned') throw streamDeleted(read.stream);
  // Nothing comes after the end; a real node says so in these words.
  if (read.from === 'end' && !read.backwards)
    throw new GrpcError(GrpcStatus.UNKNOWN, 'Unexpected ReadStreamResult: Error');
  if (visible.kind !== 'readable') {
    call.writeFrames(encodeStreamNotFoundFrame(Buffer.from(read.stream)));
    return;
  }
  const start = firstRevision(read, visible);
  if (read.tellsEnds && !read.backwards && start > visible.lastRevision) tellFirst(call, read, visible);
  await sendEvents(call, node, read, visible, start);
  if (read.tellsEnds) tellLast(call, visible);
}

async function sendEvents(
  call: GrpcCall,
  node: NodeContext,
  read: StreamRead,
  visible: Readable,
  start: number,
) {
  const sender = new EventSender(call, node, read);
  const step = read.backwards ? -1 : 1;
  let left = read.maxCount;
  for (
    let revision = start;
    left > 0 && revision >= visible.firstRevision && revision <= visible.lastRevision;
    revision += step
  ) {
    const position = visible.state.positionAt(revision);
    const extent = node.log.extentAt(position);
    const frame = (extent instanceof Promise ? await extent : extent).frame(position);
    if (!isYoungEnough(frame, visible.maxAgeSeconds)) continue;
    left--;
    const room = sender.sendEvent(frame);
    if (room !== undefined) await room;
  }
}

function firstRevision({ from, backwards }: StreamRead, visible: Readable): number {
  const asked = asRevision(from, visible.lastRevision);
  return backwards ? Math.min(asked, visible.lastRevision) : Math.max(asked, visible.firstRevision);
}

/** Where a truncated stream begins, for who asked from before it and gets no event. */
function tellFirst(call: GrpcCall, read: StreamRead, visible: Readable): void {
  if (asRevision(read.from, visible.lastRevision) >= visible.firstRevision) return;
  const answer = new streams.ReadResp();
  answer.setFirstStreamPosition(String(visible.firstRevision));
  call.write(answer.serializeBinary());
}

function tellLast(call: GrpcCall, visible: Readable): void {
  const answer = new streams.ReadResp();
  answer.setLastStreamPosition(String(visible.lastRevision));
  call.write(answer.serializeBinary());
}

function asRevision(from: ReadFrom, lastRevision: number): number {
  if (from === 'start') return 0;
  return from === 'end' ? lastRevision : Number(from);
}
