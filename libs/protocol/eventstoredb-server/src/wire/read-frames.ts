import { prefixed } from '../grpc/deframer.js';
import { fieldBytes, ProtoWriter, varintBytes } from './proto-writer.js';

/** The answers of `Streams.Read` other than plain events, each ready to be sent (ReadResp, event_store.client.streams). */

/**
 * A followed link: `event` is the target, absent when it cannot be found; `link` the `$>` event itself, whose
 * position the answer carries. Both are encoded RecordedEvents.
 */
export function encodeResolvedFrame(parts: { event?: Buffer; link: Buffer; position: bigint }): Buffer {
  const { event, link, position } = parts;
  const inner = (event ? fieldBytes(event.length) : 0) + fieldBytes(link.length) + 1 + varintBytes(position);
  const writer = new ProtoWriter(fieldBytes(inner)).open(1, inner);
  if (event) writer.bytes(1, event);
  return prefixed(writer.bytes(2, link).uint(3, position).finished());
}

/** `subscriptionId` is a UUID. */
export function encodeConfirmationFrame(subscriptionId: string): Buffer {
  const id = Buffer.byteLength(subscriptionId);
  const writer = new ProtoWriter(fieldBytes(fieldBytes(id))).open(2, fieldBytes(id));
  return prefixed(writer.text(1, subscriptionId, id).finished());
}

export function encodeCheckpointFrame(position: bigint): Buffer {
  const inner = 2 * (1 + varintBytes(position));
  const writer = new ProtoWriter(fieldBytes(inner)).open(3, inner);
  return prefixed(writer.uint(1, position).uint(2, position).finished());
}

export function encodeStreamNotFoundFrame(stream: Uint8Array): Buffer {
  const identifier = fieldBytes(stream.length);
  const writer = new ProtoWriter(fieldBytes(fieldBytes(identifier))).open(4, fieldBytes(identifier));
  return prefixed(writer.open(1, identifier).bytes(3, stream).finished());
}

export function encodeCaughtUpFrame(): Buffer {
  return prefixed(new ProtoWriter(2).open(8, 0).finished());
}
