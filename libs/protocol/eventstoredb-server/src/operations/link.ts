import type { NodeContext } from '../node-context.js';
import { isYoungEnough } from '../streams/event-age.js';
import { visibleStream } from '../streams/visible-stream.js';
import { EventFramePeek, encodeResolvedFrame, readEventFrame, recordedEventOf } from '../wire/index.js';

const LINK_TYPE = Buffer.from('$>');
const peek = new EventFramePeek();

/** Whether the event stands for another (`$>`); its data is `<revision>@<stream>`. */
export function isLink(frame: Buffer): boolean {
  return peek.look(frame).isType(LINK_TYPE);
}

/**
 * The answer for a link: with its target, or without one when that cannot be read any more. What does not
 * name a revision is an event like any other.
 */
export async function resolvedLink(frame: Buffer, node: NodeContext): Promise<Buffer> {
  const link = readEventFrame(frame);
  const text = Buffer.from(link.data).toString();
  const at = text.indexOf('@');
  if (!/^\d{1,19}$/.test(text.slice(0, Math.max(at, 0)))) return frame;
  const target = await targetFrame(node, text.slice(at + 1), Number(text.slice(0, at)));
  return encodeResolvedFrame({
    ...(target && { event: recordedEventOf(target) }),
    link: recordedEventOf(frame),
    position: link.position,
  });
}

async function targetFrame(node: NodeContext, stream: string, revision: number): Promise<Buffer | undefined> {
  const visible = visibleStream(node.index, node.log, stream);
  if (visible.kind !== 'readable' || revision < visible.firstRevision || revision > visible.lastRevision)
    return undefined;
  const position = visible.state.positionAt(revision);
  const frame = (await node.log.extentAt(position)).frame(position);
  return isYoungEnough(frame, visible.maxAgeSeconds) ? frame : undefined;
}
