import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import timestamps from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { nodeUnderTest, numbered, uniqueStream } from './node-under-test.js';
import { identifier, rawClientOf, uuid } from './raw-client.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();
const raw = rawClientOf(node);

describe('BatchAppend', () => {
  type Batch = ClientDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;
  let batch: Batch;
  const answers: streams.BatchAppendResp[] = [];
  beforeAll(() => {
    batch = raw.streams.batchAppend() as Batch;
    batch.on('data', (answer) => answers.push(answer));
    batch.on('error', () => undefined);
  });
  afterAll(() => batch.cancel());

  const options = (
    stream: string,
    change: (options: streams.BatchAppendReq.Options) => void = () => undefined,
  ) => {
    const made = new streams.BatchAppendReq.Options();
    made.setStreamIdentifier(identifier(stream));
    made.setAny(new shared.Empty() as never);
    change(made);
    return made;
  };
  const message = (properties: Record<string, string>, id: string = randomUUID()) => {
    const made = new streams.BatchAppendReq.ProposedMessage();
    made.setId(uuid(id));
    for (const [key, value] of Object.entries(properties)) made.getMetadataMap().set(key, value);
    return made;
  };
  const good = { type: 'a', 'content-type': 'application/json' };
  const send = (
    id: string,
    made: streams.BatchAppendReq.Options | undefined,
    messages: streams.BatchAppendReq.ProposedMessage[],
    isFinal = true,
  ) => {
    const request = new streams.BatchAppendReq();
    request.setCorrelationId(uuid(id));
    request.setOptions(made);
    request.setProposedMessagesList(messages);
    request.setIsFinal(isFinal);
    batch.write(request);
  };
  const answersTo = async (id: string) => {
    const mine = () => answers.filter((answer) => answer.getCorrelationId()?.getString() === id);
    while (mine().length === 0) await once(batch, 'data');
    return mine();
  };

  it('answers an append that comes in parts, with other appends in between', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const stream = uniqueStream();
    send(one, options(stream), [], false);
    send(two, options(stream), [message(good)]);
    send(one, undefined, [message(good)], false);
    send(one, options('ignored'), [message(good)], true);
    const [answer] = await answersTo(one);
    expect(answer?.getSuccess()?.getCurrentRevision()).toBe('2');
    expect(Buffer.from(answer!.getStreamIdentifier()!.getStreamName_asU8()).toString()).toBe(stream);
    expect((await answersTo(two))[0]?.getSuccess()?.getCurrentRevision()).toBe('0');
  });

  it.each<[string, string, (options: streams.BatchAppendReq.Options) => void, Record<string, string>]>([
    ['no type', 's', () => undefined, { 'content-type': 'application/json' }],
    ['no content type', 's', () => undefined, { type: 'a' }],
    ['no expected revision', 's', (made) => made.clearAny(), good],
    ['no stream name', '', () => undefined, good],
  ])(
    'answers a request with %s with an error that names all that clients need',
    async (_what, stream, change, properties) => {
      const id = randomUUID();
      send(id, options(stream, change), [message(properties)]);
      const [answer] = await answersTo(id);
      const error = answer?.getError();
      expect(error?.getCode()).toBe(3);
      expect(error?.getDetails()?.getTypeUrl()).toBe('type.googleapis.com/event_store.client.BadRequest');
      expect(answer?.hasStreamIdentifier()).toBe(true);
    },
  );

  it('tells each kind of failure by its code, word and details', async () => {
    const [taken, ended, gone] = [uniqueStream(), uniqueStream(), uniqueStream()];
    await node.client.appendToStream(taken, numbered(0));
    await node.client.tombstoneStream(ended);
    await node.client.appendToStream(gone, numbered(0));
    await node.client.deleteStream(gone);
    const large = message(good);
    large.setData(Buffer.alloc(1_048_577));
    const exists = (made: streams.BatchAppendReq.Options) =>
      made.setStreamExists(new shared.Empty() as never);
    for (const [stream, change, event, code, word] of [
      [taken, (made) => made.setStreamPosition('7'), message(good), 6, 'WrongExpectedVersion'],
      [uniqueStream(), exists, message(good), 6, 'WrongExpectedVersion'],
      [ended, () => undefined, message(good), 5, 'StreamDeleted'],
      [gone, exists, message(good), 5, 'StreamDeleted'],
      [taken, () => undefined, large, 3, 'MaximumAppendSizeExceeded'],
    ] as [string, (made: streams.BatchAppendReq.Options) => void, typeof large, number, string][]) {
      const id = randomUUID();
      send(id, options(stream, change), [event]);
      const [answer] = await answersTo(id);
      expect(answer?.getError()?.toObject()).toMatchObject({ code, message: word });
      expect(answer?.getError()?.getDetails()?.getTypeUrl()).toBe(
        `type.googleapis.com/event_store.client.${word}`,
      );
      expect(Buffer.from(answer!.getStreamIdentifier()!.getStreamName_asU8()).toString()).toBe(stream);
    }
  });

  it('says in the details of a wrong revision what is and what was expected', async () => {
    const stream = uniqueStream();
    const details = async (name: string, change: (made: streams.BatchAppendReq.Options) => void) => {
      const id = randomUUID();
      send(id, options(name, change), [message(good)]);
      const any = (await answersTo(id))[0]!.getError()!.getDetails()!;
      return shared.WrongExpectedVersion.deserializeBinary(any.getValue_asU8());
    };
    const missing = await details(stream, (made) => made.setStreamPosition('7'));
    expect([missing.hasCurrentNoStream(), missing.getExpectedStreamPosition()]).toEqual([true, '7']);
    await node.client.appendToStream(stream, numbered(0));
    const taken = await details(stream, (made) => made.setNoStream(new shared.Empty() as never));
    expect([taken.getCurrentStreamRevision(), taken.hasExpectedNoStream()]).toEqual(['0', true]);
  });

  it('answers once, never to an unknown id, and ignores what follows a refusal', async () => {
    const [refused, unknown, last] = [randomUUID(), randomUUID(), randomUUID()];
    send(unknown, undefined, [message(good)]);
    send(refused, options(uniqueStream()), [message({})], false);
    send(refused, undefined, [message(good)], true);
    send(last, options(uniqueStream()), [message(good)]);
    await answersTo(last);
    expect(await answersTo(refused)).toHaveLength(1);
    expect(answers.some((answer) => answer.getCorrelationId()?.getString() === unknown)).toBe(false);
  });

  it('times an append out whose end does not come, and one that is late', async () => {
    const [open, late] = [randomUUID(), randomUUID()];
    const past = timestamps.Timestamp.fromDate(new Date(Date.now() - 1_000));
    send(open, options(uniqueStream()), [message(good)], false);
    send(
      late,
      options(uniqueStream(), (made) => made.setDeadline(past)),
      [message(good)],
    );
    for (const id of [late, open]) expect((await answersTo(id))[0]?.getError()?.getCode()).toBe(4);
  });

  it('takes ids as two 64-bit halves', async () => {
    const stream = uniqueStream();
    const id = randomUUID();
    const halves = new shared.UUID.Structured();
    halves.setMostSignificantBits('-1');
    halves.setLeastSignificantBits('2');
    const structured = new shared.UUID();
    structured.setStructured(halves);
    const made = message(good);
    made.setId(structured);
    send(id, options(stream), [made]);
    await answersTo(id);
    for await (const { event } of node.client.readStream(stream))
      expect(event?.id).toBe('ffffffff-ffff-ffff-0000-000000000002');
  });

  it('finishes what is under way when the client ends the stream', async () => {
    const other = raw.streams.batchAppend() as Batch;
    const got: streams.BatchAppendResp[] = [];
    other.on('data', (answer) => got.push(answer));
    const request = new streams.BatchAppendReq();
    request.setCorrelationId(uuid(randomUUID()));
    request.setOptions(options(uniqueStream()));
    request.setProposedMessagesList([message(good)]);
    request.setIsFinal(true);
    other.write(request);
    other.end();
    await once(other, 'end');
    expect(got).toHaveLength(1);
  });
});

describe('Append', () => {
  const answered = (requests: streams.AppendReq[]) =>
    new Promise<ServiceError | streams.AppendResp>((resolve) => {
      const call = raw.streams.append((error, answer) => resolve(error ?? answer));
      call.on('error', () => undefined);
      for (const request of requests) call.write(request);
      call.end();
    });
  const optionsMessage = (stream: string, change: (options: streams.AppendReq.Options) => void) => {
    const options = new streams.AppendReq.Options();
    options.setStreamIdentifier(identifier(stream));
    change(options);
    const request = new streams.AppendReq();
    request.setOptions(options);
    return request;
  };
  const event = (properties: Record<string, string>) => {
    const made = new streams.AppendReq.ProposedMessage();
    made.setId(uuid(randomUUID()));
    for (const [key, value] of Object.entries(properties)) made.getMetadataMap().set(key, value);
    const request = new streams.AppendReq();
    request.setProposedMessage(made);
    return request;
  };
  const any = (options: streams.AppendReq.Options) => void options.setAny(new shared.Empty());

  it('refuses what does not begin with options, or goes on with something else', async () => {
    const good = event({ type: 'a', 'content-type': 'application/json' });
    expect(await answered([good])).toMatchObject({ code: 2 });
    expect(await answered([])).toMatchObject({ code: 2 });
    const options = optionsMessage(uniqueStream(), any);
    expect(await answered([options, options])).toMatchObject({ code: 2 });
    expect(await answered([optionsMessage(uniqueStream(), () => undefined)])).toMatchObject({ code: 3 });
  });

  it('names the properties that an event lacks', async () => {
    const error = (await answered([
      optionsMessage(uniqueStream(), any),
      event({ type: 'a' }),
    ])) as ServiceError;
    expect(error.code).toBe(3);
    expect(error.metadata.getMap()).toMatchObject({
      exception: 'missing-required-metadata-property',
      'required-metadata-properties': 'type,content-type',
    });
  });

  it('reads revision 2^64 - 1 as no stream', async () => {
    const request = optionsMessage(uniqueStream(), (options) => options.setRevision('18446744073709551615'));
    const answer = await answered([request, event({ type: 'a', 'content-type': 'application/json' })]);
    expect((answer as streams.AppendResp).getSuccess()?.getCurrentRevision()).toBe('0');
  });

  it('writes nothing when it is cancelled before its end', async () => {
    const stream = uniqueStream();
    const call = raw.streams.append(() => undefined);
    call.on('error', () => undefined);
    call.write(optionsMessage(stream, any));
    call.write(event({ type: 'a', 'content-type': 'application/json' }));
    const over = once(call, 'status');
    call.cancel();
    await over;
    await node.client.appendToStream(stream, numbered(0), { expectedRevision: 'no_stream' });
  });
});
