import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ServiceError } from '@grpc/grpc-js';
import { describe, expect, it, jest } from '@jest/globals';
import {
  collected,
  embeddedOnly,
  manyNumbered,
  nodeUnderTest,
  numbered,
  uniqueStream,
} from './node-under-test.js';
import { identifier, rawClientOf, uuid } from './raw-client.js';
import { watched } from './watched-subscription.js';

jest.setTimeout(60_000);

/** The codes, words and trailers from which the client makes its errors, read with the package's own stubs. */

const node = nodeUnderTest();
const raw = rawClientOf(node);

function deletion(
  stream: string,
  change: (options: streams.DeleteReq.Options) => void,
): Promise<ServiceError> {
  const options = new streams.DeleteReq.Options();
  options.setStreamIdentifier(identifier(stream));
  change(options);
  const request = new streams.DeleteReq();
  request.setOptions(options);
  return new Promise((resolve, reject) =>
    raw.streams.delete(request, (error) => (error ? resolve(error) : reject(new Error('It was deleted.')))),
  );
}

const trailersOf = ({ metadata }: ServiceError) => {
  const known = ['exception', 'stream-name', 'expected-version', 'actual-version'];
  return Object.fromEntries(Object.entries(metadata.getMap()).filter(([name]) => known.includes(name)));
};

const written = async (count = 2) => {
  const stream = uniqueStream();
  await node.client.appendToStream(stream, manyNumbered(count));
  return stream;
};

describe('an error', () => {
  it.each<[string, string, (options: streams.DeleteReq.Options) => void]>([
    ['7', 'a revision', (options) => options.setRevision('7')],
    ['-1', 'no stream', (options) => options.setNoStream(new shared.Empty())],
  ])('of a wrong revision names stream, expected (%s) and actual one', async (expected, _words, change) => {
    const stream = await written();
    const error = await deletion(stream, change);
    expect(error.code).toBe(9);
    expect(trailersOf(error)).toEqual({
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': expected,
      'actual-version': '1',
    });
  });

  it.each<[string, (options: streams.DeleteReq.Options) => void]>([
    ['-2', (options) => options.setAny(new shared.Empty())],
    ['-4', (options) => options.setStreamExists(new shared.Empty())],
  ])('of a missing stream says -1, expected %s', async (expected, change) => {
    expect(trailersOf(await deletion(uniqueStream(), change))).toMatchObject({
      'expected-version': expected,
      'actual-version': '-1',
    });
  });

  it('of a tombstoned stream names it', async () => {
    const stream = await written();
    await node.client.tombstoneStream(stream);
    const error = await deletion(stream, (options) => options.setAny(new shared.Empty()));
    expect([error.code, error.details]).toEqual([9, `Event stream '${stream}' is deleted.`]);
    expect(trailersOf(error)).toEqual({ exception: 'stream-deleted', 'stream-name': stream });
  });

  it('of an expected revision that is missing is an invalid argument', async () => {
    expect((await deletion(uniqueStream(), () => undefined)).code).toBe(3);
  });

  it.each(['', '$$'])('of the stream name "%s" is unknown', async (stream) => {
    expect((await deletion(stream, (options) => options.setAny(new shared.Empty()))).code).toBe(2);
  });

  embeddedOnly('what a real node does with names that are no header value is not known')(
    'names any stream in printable ASCII',
    async () => {
      for (const [name, sent] of [
        [`größe ${uniqueStream()}`, encodeURIComponent],
        [` spaces around ${uniqueStream()} `, encodeURIComponent],
        [`a name with spaces within ${uniqueStream()}`, (text: string) => text],
        [`tab\tand\nline ${uniqueStream()}`, encodeURIComponent],
      ] as const) {
        const error = await deletion(name, (options) => options.setRevision('7'));
        expect(trailersOf(error)['stream-name']).toBe(sent(name));
        expect(error.details).toContain(name);
      }
    },
  );

  embeddedOnly('limits are its own')('with a name longer than a header may be still arrives', async () => {
    const name = `${'long'.repeat(100_000)}-${uniqueStream()}`;
    const error = await deletion(name, (options) => options.setRevision('7'));
    expect(error.code).toBe(9);
    expect(trailersOf(error)).toMatchObject({ exception: 'wrong-expected-version', 'actual-version': '-1' });
    await node.client.appendToStream(name, numbered(0));
    await expect(node.client.deleteStream(name, { expectedRevision: 7n })).rejects.toMatchObject({
      type: 'wrong-expected-version',
      actualVersion: 0n,
    });
  });

  it('of one call leaves all other calls of its connection alone', async () => {
    const stream = await written();
    await node.client.tombstoneStream(stream);
    const seen = watched(node.client.subscribeToAll());
    await seen.caughtUp();
    const { client } = node;
    for (const failing of [
      () => client.appendToStream(stream, numbered(0)),
      () => client.appendToStream(uniqueStream(), numbered(0), { expectedRevision: 5n }),
      () => client.appendToStream('$$', numbered(0)),
      () => client.deleteStream(uniqueStream()),
      () => collected(client.readStream(stream)),
      () => collected(client.readStream('')),
    ])
      await expect(failing()).rejects.toThrow();
    const before = seen.all.length;
    await client.appendToStream(uniqueStream(), numbered(0));
    await seen.events(before + 1);
    await seen.stop();
  });
});

describe('an append that comes too late for its revision', () => {
  const append = (stream: string, change: (options: streams.AppendReq.Options) => void) => {
    const options = new streams.AppendReq.Options();
    options.setStreamIdentifier(identifier(stream));
    change(options);
    const first = new streams.AppendReq();
    first.setOptions(options);
    const message = new streams.AppendReq.ProposedMessage();
    message.setId(uuid());
    message.getMetadataMap().set('type', 'a').set('content-type', 'application/json');
    const second = new streams.AppendReq();
    second.setProposedMessage(message);
    return new Promise<streams.AppendResp.WrongExpectedVersion>((resolve, reject) => {
      const call = raw.streams.append((error, answer) => {
        const wrong = answer?.getWrongExpectedVersion();
        if (wrong) resolve(wrong);
        else reject(error ?? new Error('It was appended.'));
      });
      for (const request of [first, second]) call.write(request);
      call.end();
    });
  };

  it('is told so within the answer, with status OK', async () => {
    const stream = await written();
    const wrong = await append(stream, (options) => options.setRevision('9'));
    expect([wrong.getCurrentRevision(), wrong.getExpectedRevision()]).toEqual(['1', '9']);
    expect(
      (await append(stream, (options) => options.setNoStream(new shared.Empty()))).hasExpectedNoStream(),
    ).toBe(true);
    const exists = await append(uniqueStream(), (options) => options.setStreamExists(new shared.Empty()));
    expect([exists.hasCurrentNoStream(), exists.hasExpectedStreamExists()]).toEqual([true, true]);
  });
});
