import { persistent } from '../../generated-codecs.js';
import { PREFIX_BYTES, prefixed } from '../../grpc/index.js';
import type { NodeContext } from '../../node-context.js';
import { isLink, linkTargetOf, readLinkTarget } from '../../streams/link.js';
import { encodeDeliveredFrame, encodeEventFrame, readEventFrame, recordedEventOf } from '../../wire/index.js';
import { structuredUuid } from '../structured-uuid.js';

/**
 * An event as a consumer gets it. A target carries the position of the link that stands for it, as
 * EventStoreDB has it here, and only here; without the target the link comes alone.
 */
export async function deliveredFrame(
  node: NodeContext,
  frame: Buffer,
  as: { readonly retryCount: number; readonly followsLink: boolean },
): Promise<Buffer> {
  const { retryCount } = as;
  const stored = readEventFrame(frame);
  const { position } = stored;
  const target = as.followsLink && isLink(frame) ? linkTargetOf(stored.data) : undefined;
  if (target === undefined)
    return encodeDeliveredFrame({ event: recordedEventOf(frame), position, retryCount });
  const found = await readLinkTarget(node, target);
  const event = found && recordedEventOf(encodeEventFrame({ ...readEventFrame(found), position }));
  return encodeDeliveredFrame({
    ...(event && { event }),
    link: recordedEventOf(frame),
    position,
    retryCount,
  });
}

/** The same with ids as two 64-bit halves. */
export function withStructuredIds(frame: Buffer): Buffer {
  const answer = persistent.ReadResp.deserializeBinary(frame.subarray(PREFIX_BYTES));
  for (const event of [answer.getEvent()?.getEvent(), answer.getEvent()?.getLink()]) {
    const id = event?.getId()?.getString();
    if (id !== undefined) event?.setId(structuredUuid(id));
  }
  return prefixed(answer.serializeBinary());
}
