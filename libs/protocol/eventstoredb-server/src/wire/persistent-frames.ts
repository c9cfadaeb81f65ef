import { prefixed } from '../grpc/deframer.js';
import { fieldBytes, ProtoWriter, varintBytes } from './proto-writer.js';

/** The answers of `PersistentSubscriptions.Read` (ReadResp, event_store.client.persistent_subscriptions), ready to be sent. */

/** `event` and `link` are encoded RecordedEvents, which have the same fields here as in `Streams.Read`. */
export function encodeDeliveredFrame(parts: {
  event?: Buffer;
  link?: Buffer;
  position: bigint;
  retryCount: number;
}): Buffer {
  const { event, link, position, retryCount } = parts;
  const inner =
    (event ? fieldBytes(event.length) : 0) +
    (link ? fieldBytes(link.length) : 0) +
    (1 + varintBytes(position)) +
    (1 + varintBytes(retryCount));
  const writer = new ProtoWriter(fieldBytes(inner)).open(1, inner);
  if (event) writer.bytes(1, event);
  if (link) writer.bytes(2, link);
  return prefixed(writer.uint(3, position).uint(5, retryCount).finished());
}

export function encodeGroupConfirmationFrame(subscriptionId: string): Buffer {
  const id = Buffer.byteLength(subscriptionId);
  const writer = new ProtoWriter(fieldBytes(fieldBytes(id))).open(2, fieldBytes(id));
  return prefixed(writer.text(1, subscriptionId, id).finished());
}
