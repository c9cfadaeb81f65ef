import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { describe, expect, it } from '@jest/globals';
import timestamps from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { seeded } from '#libs/testing';
import {
  decodeAppendReq,
  decodeBatchAppendReq,
  type EventFields,
  encodeBatchAppendSuccesses,
  encodeCaughtUpFrame,
  encodeCheckpointFrame,
  encodeConfirmationFrame,
  encodeEventFrame,
  encodeResolvedFrame,
  encodeStreamNotFoundFrame,
  MalformedMessageError,
  readEventFrame,
  recordedEventOf,
} from './index.js';

const random = seeded(20_261);
const upTo = (limit: number) => Math.floor(random() * limit);
const someBytes = () => Buffer.from(Array.from({ length: upTo(300) }, () => upTo(256)));
const someText = () =>
  Array.from({ length: 1 + upTo(20) }, () => ['a', '-', 'ü', '漢', '😀', '$'][upTo(6)]).join('');
const someId = () => {
  const hex = Array.from({ length: 32 }, () => upTo(16).toString(16)).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};
const someUint = () => BigInt(upTo(2 ** 31)) << BigInt(upTo(32));
const rounds = (check: () => void) => {
  for (let round = 0; round < 300; round++) check();
};

function someEvent(): EventFields {
  return {
    id: someId(),
    stream: Buffer.from(someText()),
    revision: someUint(),
    position: someUint(),
    type: someText(),
    contentType: upTo(2) === 0 ? 'application/json' : 'application/octet-stream',
    created: String(17_000_000_000_000_000 + upTo(1e9)),
    customMetadata: someBytes(),
    data: someBytes(),
  };
}

function decoded(frame: Buffer): InstanceType<typeof streams.ReadResp> {
  expect(frame[0]).toBe(0);
  expect(frame.readUInt32BE(1)).toBe(frame.length - 5);
  return streams.ReadResp.deserializeBinary(frame.subarray(5));
}

function plain(recorded: InstanceType<typeof streams.ReadResp.ReadEvent.RecordedEvent>): EventFields {
  const metadata = new Map(recorded.getMetadataMap().entries());
  expect(recorded.getCommitPosition()).toBe(recorded.getPreparePosition());
  return {
    id: recorded.getId()?.getString() ?? '',
    stream: Buffer.from(recorded.getStreamIdentifier()?.getStreamName_asU8() ?? []),
    revision: BigInt(recorded.getStreamRevision()),
    position: BigInt(recorded.getCommitPosition()),
    type: metadata.get('type') ?? '',
    contentType: metadata.get('content-type') ?? '',
    created: metadata.get('created') ?? '',
    customMetadata: Buffer.from(recorded.getCustomMetadata_asU8()),
    data: Buffer.from(recorded.getData_asU8()),
  };
}

describe('event frames, against the generated codec', () => {
  it('agree for events of all kinds', () =>
    rounds(() => {
      const event = someEvent();
      const frame = encodeEventFrame(event);
      const answer = decoded(frame).getEvent();
      expect(plain(answer?.getEvent() as never)).toEqual(event);
      expect(answer?.getCommitPosition()).toBe(String(event.position));
      expect(answer?.hasLink()).toBe(false);
      expect(readEventFrame(frame)).toEqual(event);
    }));

  it('holds the largest revision, of a tombstone', () => {
    const event = { ...someEvent(), revision: 2n ** 63n - 1n };
    expect(decoded(encodeEventFrame(event)).getEvent()?.getEvent()?.getStreamRevision()).toBe(
      '9223372036854775807',
    );
    expect(readEventFrame(encodeEventFrame(event)).revision).toBe(2n ** 63n - 1n);
  });

  it('embeds target and link of a resolved link', () => {
    const [target, link] = [someEvent(), someEvent()];
    const parts = { link: recordedEventOf(encodeEventFrame(link)), position: link.position };
    const found = decoded(
      encodeResolvedFrame({ ...parts, event: recordedEventOf(encodeEventFrame(target)) }),
    ).getEvent();
    expect(plain(found?.getEvent() as never)).toEqual(target);
    expect(plain(found?.getLink() as never)).toEqual(link);
    expect(found?.getCommitPosition()).toBe(String(link.position));
    expect(decoded(encodeResolvedFrame(parts)).getEvent()?.hasEvent()).toBe(false);
  });
});

describe('the other answers of Read', () => {
  it('are what the client reads', () => {
    expect(decoded(encodeConfirmationFrame('an-id')).getConfirmation()?.getSubscriptionId()).toBe('an-id');
    expect(decoded(encodeCheckpointFrame(300n)).getCheckpoint()?.toObject()).toMatchObject({
      commitPosition: '300',
      preparePosition: '300',
    });
    const missing = decoded(encodeStreamNotFoundFrame(Buffer.from('größe'))).getStreamNotFound();
    expect(Buffer.from(missing?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()).toBe('größe');
    expect(decoded(encodeCaughtUpFrame()).hasCaughtUp()).toBe(true);
  });
});

function uuid(text: string) {
  const id = new shared.UUID();
  id.setString(text);
  return id;
}

function streamIdentifier(name: string) {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(name));
  return identifier;
}

function fill(message: {
  setId(id: InstanceType<typeof shared.UUID>): void;
  getMetadataMap(): { set(key: string, value: string): unknown };
  setCustomMetadata(bytes: Uint8Array): void;
  setData(bytes: Uint8Array): void;
}) {
  const event = {
    id: someId(),
    type: someText(),
    contentType: 'application/json',
    customMetadata: someBytes(),
    data: someBytes(),
  };
  message.setId(uuid(event.id));
  message.getMetadataMap().set('type', event.type);
  message.getMetadataMap().set('content-type', event.contentType);
  message.setCustomMetadata(event.customMetadata);
  message.setData(event.data);
  return event;
}

const EXPECTATIONS = [
  ['no_stream', 'setNoStream'],
  ['any', 'setAny'],
  ['stream_exists', 'setStreamExists'],
] as const;

describe('BatchAppendReq, against the generated codec', () => {
  it('agrees for requests of all kinds', () =>
    rounds(() => {
      const options = new streams.BatchAppendReq.Options();
      options.setStreamIdentifier(streamIdentifier('order-ü'));
      const revision = someUint();
      options.setStreamPosition(String(revision));
      const deadline = new timestamps.Timestamp();
      deadline.setSeconds(1_800_000_000);
      deadline.setNanos(250_000_000);
      options.setDeadline(deadline);
      const request = new streams.BatchAppendReq();
      const correlationId = someId();
      request.setCorrelationId(uuid(correlationId));
      request.setOptions(options);
      request.setIsFinal(true);
      const events = Array.from({ length: upTo(4) }, () => {
        const message = new streams.BatchAppendReq.ProposedMessage();
        request.addProposedMessages(message);
        return fill(message);
      });
      expect(decodeBatchAppendReq(Buffer.from(request.serializeBinary()))).toEqual({
        correlationId,
        options: { stream: 'order-ü', expected: revision, deadlineAt: 1_800_000_000_250 },
        messages: events,
        isFinal: true,
      });
    }));

  it.each(EXPECTATIONS)('reads the expectation %s', (expected, setter) => {
    const options = new streams.BatchAppendReq.Options();
    options[setter](new shared.Empty() as never);
    const request = new streams.BatchAppendReq();
    request.setOptions(options);
    expect(decodeBatchAppendReq(Buffer.from(request.serializeBinary())).options?.expected).toBe(expected);
  });

  it('takes the largest revision for no_stream, and an id that is none for a missing one', () => {
    const options = new streams.BatchAppendReq.Options();
    options.setStreamPosition('18446744073709551615');
    const request = new streams.BatchAppendReq();
    request.setOptions(options);
    request.setCorrelationId(uuid('not-a-uuid'));
    const read = decodeBatchAppendReq(Buffer.from(request.serializeBinary()));
    expect(read.options?.expected).toBe('no_stream');
    expect(read.correlationId).toBeUndefined();
  });

  it('reads a UUID given as two halves', () => {
    const structured = new shared.UUID.Structured();
    structured.setMostSignificantBits('-1');
    structured.setLeastSignificantBits('1');
    const id = new shared.UUID();
    id.setStructured(structured);
    const request = new streams.BatchAppendReq();
    request.setCorrelationId(id);
    expect(decodeBatchAppendReq(Buffer.from(request.serializeBinary())).correlationId).toBe(
      'ffffffff-ffff-ffff-0000-000000000001',
    );
  });
});

describe('AppendReq, against the generated codec', () => {
  it.each(EXPECTATIONS)('reads the options with %s', (expected, setter) => {
    const options = new streams.AppendReq.Options();
    options.setStreamIdentifier(streamIdentifier('s'));
    options[setter](new shared.Empty());
    const request = new streams.AppendReq();
    request.setOptions(options);
    expect(decodeAppendReq(Buffer.from(request.serializeBinary()))).toEqual({
      options: { stream: 's', expected },
    });
  });

  it('reads an event, and says nothing about an empty message', () => {
    const request = new streams.AppendReq();
    const message = new streams.AppendReq.ProposedMessage();
    const event = fill(message);
    request.setProposedMessage(message);
    expect(decodeAppendReq(Buffer.from(request.serializeBinary()))).toEqual({ message: event });
    expect(decodeAppendReq(Buffer.alloc(0))).toBeUndefined();
  });
});

describe('BatchAppendResp, against the generated codec', () => {
  it.each([
    [7, 1_234, 'order-1'],
    [0, 0, 'größe'],
    [2 ** 40, 2 ** 53 - 1, 'a-name-that-is-longer-than-what-is-copied-byte-by-byte-in-a-loop-of-ours'],
    [-1, undefined, 'order-1'],
  ])('revision %s, position %s', (revision, position, stream) => {
    const correlationId = someId();
    const one = { correlationId, stream, revision, position };
    const frames = encodeBatchAppendSuccesses([one, one]);
    expect(frames.subarray(0, frames.length / 2)).toEqual(frames.subarray(frames.length / 2));
    expect(frames.readUInt32BE(1)).toBe(frames.length / 2 - 5);
    const answer = streams.BatchAppendResp.deserializeBinary(frames.subarray(5, frames.length / 2));
    expect(answer.getCorrelationId()?.getString()).toBe(correlationId);
    expect(Buffer.from(answer.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()).toBe(stream);
    const success = answer.getSuccess();
    expect(success?.hasCurrentRevision()).toBe(revision !== -1);
    expect(success?.hasNoStream()).toBe(revision === -1);
    if (revision !== -1) expect(success?.getCurrentRevision()).toBe(String(revision));
    expect(success?.getPosition()?.getCommitPosition()).toBe(
      position === undefined ? undefined : String(position),
    );
    expect(success?.hasNoPosition()).toBe(position === undefined);
  });
});

describe('malformed bytes', () => {
  it('end in MalformedMessageError or in a message, never in another error', () => {
    const whole = encodeEventFrame(someEvent());
    for (let round = 0; round < 5_000; round++) {
      const broken = Buffer.from(whole.subarray(5, 5 + upTo(whole.length - 5)));
      for (let flips = upTo(4); flips > 0 && broken.length > 0; flips--)
        broken[upTo(broken.length)] = upTo(256);
      for (const decode of [decodeBatchAppendReq, decodeAppendReq])
        try {
          decode(broken);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessageError);
        }
    }
  });
});
