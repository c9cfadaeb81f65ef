import type { GrpcCall } from '../grpc/index.js';
import type { NodeContext } from '../node-context.js';
import { type VisibleStream, visibleStream } from '../streams/visible-stream.js';
import { encodeStreamNotFoundFrame } from '../wire/index.js';
import { streamDeleted } from './errors.js';
import { isYoungEnough } from './event-age.js';
import { EventSender } from './event-sender.js';
import type { ReadFrom, ReadRequest } from './read-request.js';

type StreamRead = Extract<ReadRequest, { kind: 'read-stream' }>;
type Readable = Extract<VisibleStream, { kind: 'readable' }>;

/** Reads what the stream holds at this moment, from a revision on, that one included. */
export async function readStream(call: GrpcCall, node: NodeContext, read: StreamRead): Promise<void> {
  const visible = visibleStream(node.index, node.log, read.stream);
  if (visible.kind === 'tombstoned') throw streamDeleted(read.stream);
  if (visible.kind !== 'readable') {
    call.writeFrames(encodeStreamNotFoundFrame(Buffer.from(read.stream)));
    return;
  }
  const sender = new EventSender(call, node, read);
  const step = read.backwards ? -1 : 1;
  let left = read.maxCount;
  for (
    let revision = firstRevision(read, visible);
    left > 0 && revision >= visible.firstRevision && revision <= visible.lastRevision;
    revision += step
  ) {
    const position = visible.state.positions[revision] as number;
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

function asRevision(from: ReadFrom, lastRevision: number): number {
  if (from === 'start') return 0;
  return from === 'end' ? lastRevision : Number(from);
}
