import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#libs/platform/kernel';
import { EventNotJsonError } from '../event-json.js';
import { type EventStreams, type NewEvent, type StoredEvent, StreamRefusedError } from '../event-streams.js';

export interface OpenedStreams {
  readonly streams: EventStreams;
  close(): Promise<void>;
}

const newEvent = (n = 0): NewEvent => ({
  id: newId(),
  type: 'Happened',
  data: { n, text: 'naïve 😀', nested: { list: [1, null, true] } },
  metadata: { schemaVersion: 1, $correlationId: newId() },
});
function circle(): object {
  const round: Record<string, unknown> = {};
  round['self'] = round;
  return round;
}
const manyEvents = (count: number) => Array.from({ length: count }, (_none, n) => newEvent(n));
const newStream = () => `contract-${newId()}`;

async function all(events: AsyncIterable<StoredEvent>): Promise<StoredEvent[]> {
  const list: StoredEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}

/** What every EventStreams adapter does, on a store that may hold anything else. */
export function eventStreamsContract(adapter: string, open: () => Promise<OpenedStreams>): void {
  describe(`EventStreams on ${adapter}`, () => {
    let opened: OpenedStreams;
    let streams: EventStreams;
    beforeAll(async () => {
      opened = await open();
      streams = opened.streams;
    });
    afterAll(() => opened?.close());

    describe('load', () => {
      it('gives nothing for a stream that is not there', async () =>
        expect(await all(streams.load(newStream()))).toEqual([]));

      it('gives back what was appended, with its place and time', async () => {
        const stream = newStream();
        const events = manyEvents(3);
        const before = Date.now();
        const answer = await streams.append(stream, events, 'no_stream');
        const loaded = await all(streams.load(stream));
        expect(loaded).toMatchObject(events.map((event, n) => ({ ...event, stream, revision: BigInt(n) })));
        expect(answer).toEqual({ outcome: 'appended', revision: 2n, position: loaded[2]!.position });
        expect(loaded[0]!.position).toBeLessThan(loaded[1]!.position);
        expect(new Date(loaded[0]!.recordedAt).toISOString()).toBe(loaded[0]!.recordedAt);
        if (adapter !== 'memory') expect(Date.parse(loaded[0]!.recordedAt)).toBeGreaterThan(before - 60_000);
      });

      it('starts at the revision asked for, and gives nothing beyond the end', async () => {
        const stream = newStream();
        await streams.append(stream, manyEvents(3), 'no_stream');
        expect((await all(streams.load(stream, 1n))).map(({ revision }) => revision)).toEqual([1n, 2n]);
        expect(await all(streams.load(stream, 3n))).toEqual([]);
      });

      it('may be left before the end', async () => {
        const stream = newStream();
        await streams.append(stream, manyEvents(200), 'no_stream');
        for await (const { revision } of streams.load(stream)) if (revision === 5n) break;
        expect(await all(streams.load(stream, 190n))).toHaveLength(10);
      });
    });

    describe('append', () => {
      it('counts revisions from 0 and positions upwards', async () => {
        const stream = newStream();
        const first = await streams.append(stream, manyEvents(2), 'no_stream');
        const second = await streams.append(stream, [newEvent()], 1n);
        expect([first, second]).toMatchObject([{ revision: 1n }, { revision: 2n }]);
        if (first.outcome !== 'appended' || second.outcome !== 'appended') throw new Error('a conflict');
        expect(second.position).toBeGreaterThan(first.position);
      });

      it.each([
        ['no stream', 'no_stream'],
        ['an older revision', 0n],
        ['a revision that is not there yet', 7n],
      ] as const)('answers conflict, and writes nothing, when %s was expected', async (_what, expected) => {
        const stream = newStream();
        await streams.append(stream, manyEvents(2), 'no_stream');
        expect(await streams.append(stream, [newEvent()], expected)).toEqual({
          outcome: 'conflict',
          actual: 1n,
        });
        expect(await all(streams.load(stream))).toHaveLength(2);
      });

      it('answers conflict when a revision was expected of a stream that is not there', async () =>
        expect(await streams.append(newStream(), [newEvent()], 0n)).toEqual({
          outcome: 'conflict',
          actual: 'no_stream',
        }));

      it('lets one of many writers at the same revision through', async () => {
        const stream = newStream();
        const answers = await Promise.all(
          Array.from({ length: 32 }, () => streams.append(stream, [newEvent()], 'no_stream')),
        );
        expect(answers.filter(({ outcome }) => outcome === 'appended')).toHaveLength(1);
        expect(await all(streams.load(stream))).toHaveLength(1);
      });

      it('refuses more than the store takes, and writes nothing', async () => {
        const stream = newStream();
        const large = { ...newEvent(), data: { text: 'x'.repeat(3 * 2 ** 19) } };
        const refused = await streams.append(stream, [large], 'no_stream').catch((error: unknown) => error);
        expect(refused).toBeInstanceOf(StreamRefusedError);
        expect(refused).toMatchObject({ reason: 'too_large' });
        expect(await all(streams.load(stream))).toEqual([]);
      });

      it.each([
        ['a bigint', { lines: [{ units: 1 }, { units: 2n }] }, 'data.lines[1].units is a bigint'],
        ['a circle', circle(), 'data is no JSON'],
        ['no value', undefined, 'data is no JSON'],
      ])('refuses data with %s, saying where, and writes nothing', async (_what, data, where) => {
        const stream = newStream();
        const spoilt = { ...newEvent(), data: data as object };
        const refused = await streams
          .append(stream, [newEvent(), spoilt], 'no_stream')
          .catch((error: unknown) => error);
        expect(refused).toBeInstanceOf(EventNotJsonError);
        expect((refused as Error).message).toContain(`Happened cannot be stored: ${where}`);
        expect(await all(streams.load(stream))).toEqual([]);
        expect(await streams.append(stream, [newEvent()], 'no_stream')).toMatchObject({
          outcome: 'appended',
        });
      });

      it('refuses an append of nothing', () =>
        expect(streams.append(newStream(), [], 'no_stream')).rejects.toThrow(RangeError));
    });

    describe('append of events that are there already', () => {
      it('gives the first answer and writes nothing', async () => {
        const stream = newStream();
        const events = manyEvents(2);
        const first = await streams.append(stream, events, 'no_stream');
        expect(await streams.append(stream, events, 'no_stream')).toEqual(first);
        const third = newEvent();
        const second = await streams.append(stream, [third], 1n);
        expect(await streams.append(stream, [third], 1n)).toEqual(second);
        expect(await all(streams.load(stream))).toHaveLength(3);
      });

      it('also after others have written', async () => {
        const stream = newStream();
        const events = manyEvents(2);
        const first = await streams.append(stream, events, 'no_stream');
        await streams.append(stream, manyEvents(2), 1n);
        expect(await streams.append(stream, events, 'no_stream')).toEqual(first);
      });

      it.each([
        ['in another order', ([a, b]: NewEvent[]) => [b!, a!]],
        ['with another one behind them', (events: NewEvent[]) => [...events, newEvent()]],
        ['when only the first is', ([a]: NewEvent[]) => [a!, newEvent()]],
      ])('answers conflict %s', async (_how, other) => {
        const stream = newStream();
        const events = manyEvents(2);
        await streams.append(stream, events, 'no_stream');
        expect(await streams.append(stream, other(events), 'no_stream')).toEqual({
          outcome: 'conflict',
          actual: 1n,
        });
        expect(await all(streams.load(stream))).toHaveLength(2);
      });

      it('writes known ids again at another place', async () => {
        const stream = newStream();
        const event = newEvent();
        await streams.append(stream, [event], 'no_stream');
        expect(await streams.append(stream, [event], 0n)).toMatchObject({
          outcome: 'appended',
          revision: 1n,
        });
      });
    });
  });
}
