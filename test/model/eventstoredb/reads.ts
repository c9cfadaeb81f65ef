import { BACKWARDS, END, FORWARDS, START } from '@eventstore/db-client';
import { collected, type Of, type Pair, untilCaughtUp } from './client-words.js';
import { asGiven, checkRead } from './compare.js';
import { clientFilter, passes } from './follower.js';
import { fromPosition, positionAt, revisionAt } from './places.js';

export async function readStream(
  { model, client }: Pair,
  { stream, from, backwards, maxCount, resolves }: Of<'read stream'>,
): Promise<void> {
  const revision = typeof from === 'number' ? revisionAt(model, stream, from) : from;
  const sinceMs = Date.now();
  const got = await collected(
    client.readStream(stream, {
      fromRevision: revision === 'start' ? START : revision === 'end' ? END : revision,
      direction: backwards ? BACKWARDS : FORWARDS,
      maxCount,
      resolveLinkTos: resolves,
    }),
  );
  checkRead(
    `read ${stream} from ${revision}`,
    model,
    sinceMs,
    (nowMs) => {
      const visible = model.visible(stream, nowMs);
      if (visible === 'deleted') return 'deleted';
      if (revision === 'end' && !backwards) return 'unknown';
      if (visible === 'missing') return 'missing';
      const start = revision === 'start' ? 0n : revision === 'end' ? model.last(stream) : revision;
      const there = backwards
        ? visible.filter((event) => event.revision <= start).toReversed()
        : visible.filter((event) => event.revision >= start);
      return asGiven(model, there.slice(0, maxCount), resolves, nowMs);
    },
    got,
  );
}

export async function readAll(
  { model, client }: Pair,
  { from, backwards, maxCount, resolves }: Of<'read all'>,
): Promise<void> {
  const position = typeof from === 'number' ? positionAt(model, from) : from;
  const sinceMs = Date.now();
  const got = await collected(
    client.readAll({
      fromPosition: fromPosition(position),
      direction: backwards ? BACKWARDS : FORWARDS,
      maxCount,
      resolveLinkTos: resolves,
    }),
  );
  const start = position === 'start' ? -1n : position === 'end' ? 2n ** 62n : position;
  const { log } = model;
  const there = backwards
    ? log.filter((event) => (event.position as bigint) < start).toReversed()
    : log.filter((event) => (event.position as bigint) >= start);
  checkRead(
    `read $all from ${position}`,
    model,
    sinceMs,
    (nowMs) => asGiven(model, there.slice(0, maxCount), resolves, nowMs),
    got,
  );
}

export async function followStream(
  { model, client }: Pair,
  { stream, from, resolves }: Of<'follow stream'>,
): Promise<void> {
  const after = typeof from === 'number' ? revisionAt(model, stream, from) : from;
  const sinceMs = Date.now();
  const got = await untilCaughtUp(
    client.subscribeToStream(stream, {
      fromRevision: after === 'start' ? START : after === 'end' ? END : after,
      resolveLinkTos: resolves,
    }),
  );
  checkRead(
    `subscribe to ${stream} after ${after}`,
    model,
    sinceMs,
    (nowMs) => {
      const visible = model.visible(stream, nowMs);
      if (visible === 'deleted') return 'deleted';
      if (visible === 'missing' || after === 'end') return [];
      const there = visible.filter(({ revision }) => after === 'start' || revision > after);
      return asGiven(model, there, resolves, nowMs);
    },
    got,
  );
}

export async function followAll(
  { model, client }: Pair,
  { from, filter, resolves }: Of<'follow all'>,
): Promise<void> {
  const after = typeof from === 'number' ? positionAt(model, from) : from;
  const sinceMs = Date.now();
  const got = await untilCaughtUp(
    client.subscribeToAll({
      fromPosition: fromPosition(after),
      resolveLinkTos: resolves,
      ...(filter && { filter: clientFilter(filter) }),
    }),
  );
  const there = model.log.filter(
    (event) =>
      after !== 'end' &&
      (after === 'start' || (event.position as bigint) > after) &&
      (filter === undefined || passes(filter, event)),
  );
  checkRead(
    `subscribe to $all after ${after}`,
    model,
    sinceMs,
    (nowMs) => asGiven(model, there, resolves, nowMs),
    got,
  );
}
