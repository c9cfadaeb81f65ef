import type { NodeContext } from '../node-context.js';
import { linkTargetOf, readLinkTarget } from '../streams/link.js';
import { encodeResolvedFrame, readEventFrame, recordedEventOf } from '../wire/index.js';

/**
 * The answer for a link: with its target, or without one when that cannot be read any more. What does not
 * name a revision is an event like any other.
 */
export async function resolvedLink(frame: Buffer, node: NodeContext): Promise<Buffer> {
  const link = readEventFrame(frame);
  const target = linkTargetOf(link.data);
  if (target === undefined) return frame;
  const event = await readLinkTarget(node, target);
  return encodeResolvedFrame({
    ...(event && { event: recordedEventOf(event) }),
    link: recordedEventOf(frame),
    position: link.position,
  });
}
