import type { GrpcCall } from '../grpc/index.js';
import type { NodeContext } from '../node-context.js';
import { EventSender } from './event-sender.js';
import type { ReadRequest } from './read-request.js';

/** A filter that lets little through must not keep all other calls waiting. */
const EXTENTS_PER_TURN = 8;
const EVENTS_PER_TURN = 2_000;

type AllRead = Extract<ReadRequest, { kind: 'read-all' }>;

/** Reads `$all`: forwards from a position on, backwards from before it. */
export async function readAll(call: GrpcCall, node: NodeContext, read: AllRead): Promise<void> {
  const sender = new EventSender(call, node, read);
  const end = node.log.endPosition;
  if (read.backwards) await readBackwards(sender, node, read, from(read, end));
  else await readForwards(sender, node, read, from(read, end), end);
}

function from({ from }: AllRead, end: number): number {
  if (from === 'start') return 0;
  return from === 'end' ? end : Math.min(Number(from), end);
}

async function readForwards(
  sender: EventSender,
  node: NodeContext,
  read: AllRead,
  start: number,
  end: number,
) {
  let left = read.maxCount;
  let extentsRead = 0;
  for (let position = start; position < end && left > 0; ) {
    const found = node.log.extentAt(position);
    const extent = found instanceof Promise ? await found : found;
    const stop = Math.min(extent.endPosition, end);
    if (
      sender.sendsAsStored &&
      !read.filter &&
      stop - position <= left &&
      !node.index.hidesAny(position, stop)
    ) {
      left -= stop - position;
      const room = sender.sendFrames(extent.slice(position, stop));
      if (room !== undefined) await room;
      position = stop;
    } else
      for (; position < stop && left > 0; position++) {
        if (read.filter !== undefined) position = read.filter.next(extent, position, stop, true);
        if (position === stop) break;
        if (node.index.hidesAny(position, position + 1)) continue;
        left--;
        const room = sender.sendEvent(extent.frame(position));
        if (room !== undefined) await room;
      }
    if (++extentsRead % EXTENTS_PER_TURN === 0) await sender.letOthersWork();
  }
}

async function readBackwards(sender: EventSender, node: NodeContext, read: AllRead, before: number) {
  let left = read.maxCount;
  for (let position = before - 1; position >= 0 && left > 0; position--) {
    if (position % EVENTS_PER_TURN === 0) await sender.letOthersWork();
    const found = node.log.extentAt(position);
    const frame = (found instanceof Promise ? await found : found).frame(position);
    if (node.index.hidesAny(position, position + 1) || read.filter?.matches(frame) === false) continue;
    left--;
    const room = sender.sendEvent(frame);
    if (room !== undefined) await room;
  }
}
