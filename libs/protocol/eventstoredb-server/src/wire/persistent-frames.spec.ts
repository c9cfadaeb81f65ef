import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import { describe, expect, it } from '@jest/globals';
import {
  encodeDeliveredFrame,
  encodeEventFrame,
  encodeGroupConfirmationFrame,
  recordedEventOf,
} from './index.js';

const recorded = (id: string, dataBytes: number) =>
  recordedEventOf(
    encodeEventFrame({
      id,
      stream: Buffer.from('strëam'),
      revision: 2n ** 40n,
      position: 2n ** 62n,
      type: 'type',
      contentType: 'application/json',
      created: '17',
      customMetadata: Buffer.alloc(0),
      data: Buffer.alloc(dataBytes, 1),
    }),
  );
const EVENT = '00000000-0000-0000-0000-00000000000a';
const LINK = '00000000-0000-0000-0000-00000000000b';
const decoded = (frame: Buffer) => {
  expect(frame.readUInt32BE(1)).toBe(frame.length - 5);
  return persistent.ReadResp.deserializeBinary(frame.subarray(5));
};

describe('frames of persistent subscriptions, read by the generated codec', () => {
  it.each([
    [true, false, 0, 0],
    [true, true, 1, 200],
    [false, true, 2 ** 31 - 1, 100_000],
  ])('an event %s, its link %s, retry %d, %d bytes', (hasEvent, hasLink, retryCount, dataBytes) => {
    const frame = encodeDeliveredFrame({
      ...(hasEvent && { event: recorded(EVENT, dataBytes) }),
      ...(hasLink && { link: recorded(LINK, dataBytes) }),
      position: 2n ** 62n,
      retryCount,
    });
    const event = decoded(frame).getEvent()!;
    expect(event.getRetryCount()).toBe(retryCount);
    expect(event.hasRetryCount()).toBe(true);
    expect(event.getCommitPosition()).toBe(String(2n ** 62n));
    expect(event.getEvent()?.getId()?.getString()).toBe(hasEvent ? EVENT : undefined);
    expect(event.getLink()?.getId()?.getString()).toBe(hasLink ? LINK : undefined);
    const either = event.getEvent() ?? event.getLink()!;
    expect(Buffer.from(either.getStreamIdentifier()!.getStreamName_asU8()).toString()).toBe('strëam');
    expect(either.getData_asU8()).toHaveLength(dataBytes);
    expect(either.getMetadataMap().get('type')).toBe('type');
    expect([either.getStreamRevision(), either.getCommitPosition()]).toEqual([
      String(2n ** 40n),
      String(2n ** 62n),
    ]);
  });

  it('the confirmation', () => {
    const id = `${'é'.repeat(100)}::group`;
    expect(decoded(encodeGroupConfirmationFrame(id)).getSubscriptionConfirmation()?.getSubscriptionId()).toBe(
      id,
    );
  });
});
