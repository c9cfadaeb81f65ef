import { isLink, linkTargetOf, readLinkTarget } from '../streams/link.js';
import { EventFramePeek, readEventFrame } from '../wire/index.js';
import type { ConsumerStrategyName } from './group-settings.js';
import { BUCKETS } from './pinned-strategy.js';
import type { StoredLog } from './stored-log.js';

/** The bucket of an event; `followsLink` tells whether consumers get the target in place of a link. */
export type BucketOf = (frame: Buffer, followsLink: boolean) => number | Promise<number>;

const peek = new EventFramePeek();

/** Undefined for strategies that do not look at the event. */
export function bucketsOf(strategy: ConsumerStrategyName, stored: StoredLog): BucketOf | undefined {
  switch (strategy) {
    case 'Pinned':
      return (frame) => bucketOfText(sourceStream(frame));
    case 'PinnedByCorrelation':
      return async (frame, followsLink) => {
        const target = followsLink && isLink(frame) ? linkTargetOf(readEventFrame(frame).data) : undefined;
        const event = (target && (await readLinkTarget(stored, target))) ?? frame;
        return bucketOfText(correlationId(event) ?? sourceStream(frame));
      };
    default:
      return undefined;
  }
}

/** The stream of the event itself: of a link, that of its target, followed or not. */
function sourceStream(frame: Buffer): string {
  if (!isLink(frame)) return peek.look(frame).stream;
  const text = Buffer.from(readEventFrame(frame).data).toString();
  return text.slice(text.indexOf('@') + 1);
}

function correlationId(frame: Buffer): string | undefined {
  try {
    const metadata: unknown = JSON.parse(Buffer.from(readEventFrame(frame).customMetadata).toString());
    const id = (metadata as { $correlationId?: unknown } | null)?.$correlationId;
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined; // metadata is the user's own; what is not JSON has no correlation
  }
}

/** FNV-1a, 32 bits. */
function bucketOfText(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % BUCKETS;
}
