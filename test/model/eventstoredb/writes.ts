import { type AppendExpectedRevision, binaryEvent, jsonEvent } from '@eventstore/db-client';
import { type Of, type Pair, refusal } from './client-words.js';
import { learn, mismatch } from './compare.js';
import type { ModelEvent, NewEvent, Outcome } from './model.js';
import { expectedOf } from './places.js';

/** With credentials the client takes the Append call; without them it takes BatchAppend. */
const VIA_APPEND = { credentials: { username: 'admin', password: 'changeit' } };

export async function append({ model, client }: Pair, operation: Of<'append'>): Promise<void> {
  const { stream, repeats, fresh, number, through } = operation;
  const there = model.eventsOf(stream);
  const from = Math.floor(repeats.from * there.length);
  // As the client sends them again: it makes numbers of what it has read.
  const repeated = there
    .slice(from, from + repeats.count)
    .map((event) => (event.isJson ? { ...event, data: JSON.stringify(JSON.parse(event.data)) } : event));
  const events: NewEvent[] = [
    ...repeated,
    ...fresh.map((each, index): NewEvent => {
      const id = idOf(number, index);
      if (each.as === 'json') return { id, type: 'json', isJson: true, data: `{"number":${number}}` };
      if (each.as === 'binary') return { id, type: 'binary', isJson: false, data: `\0ÿ${number}` };
      const revision = Math.floor(each.at * model.eventsOf(each.to).length);
      return { id, type: '$>', isJson: false, data: `${revision}@${each.to}` };
    }),
  ];
  const expected = expectedOf(model, stream, operation.expects, BigInt(from) - 1n);
  await write(
    { model, client },
    `append to ${stream}, expecting ${expected}`,
    () => model.append(stream, expected, events),
    async () => {
      const { nextExpectedRevision, position } = await client.appendToStream(
        stream,
        events.map(clientEvent),
        {
          expectedRevision: expected as AppendExpectedRevision,
          ...(through === 'Append' && VIA_APPEND),
        },
      );
      return { revision: nextExpectedRevision, position: position?.commit };
    },
  );
}

export async function setMetadata(
  { model, client }: Pair,
  { stream, metadata, number, expects }: Of<'set metadata'>,
): Promise<void> {
  const name = `$$${stream}`;
  const expected = expectedOf(model, name, expects, -1n);
  const event = { id: idOf(number, 0), type: '$metadata', isJson: true, data: JSON.stringify(metadata) };
  await write(
    { model, client },
    `set metadata of ${stream}, expecting ${expected}`,
    () => model.append(name, expected, [event]),
    async () => {
      const { nextExpectedRevision, position } = await client.appendToStream(name, clientEvent(event), {
        expectedRevision: expected as AppendExpectedRevision,
      });
      return { revision: nextExpectedRevision, position: position?.commit };
    },
  );
}

export async function remove(
  { model, client }: Pair,
  { kind, stream, expects }: Of<'delete' | 'tombstone'>,
): Promise<void> {
  const expected = expectedOf(model, stream, expects, -1n) as AppendExpectedRevision;
  const options = { expectedRevision: expected as Exclude<AppendExpectedRevision, 'stream_exists'> };
  await write(
    { model, client },
    `${kind} ${stream}, expecting ${expected}`,
    () => (kind === 'delete' ? model.softDelete(stream, expected) : model.tombstone(stream, expected)),
    async () => {
      const { position } = await (kind === 'delete'
        ? client.deleteStream(stream, options)
        : client.tombstoneStream(stream, options));
      return { position: position?.commit };
    },
  );
}

/** Does a write to both, and reads back from the log what it put there, and nothing else. */
async function write(
  { model, client }: Pair,
  what: string,
  onModel: () => Outcome,
  onNode: () => Promise<{ revision?: bigint; position: bigint | undefined }>,
): Promise<void> {
  const { log } = model;
  const known = log.length;
  const sinceMs = Date.now();
  const told = await onNode().catch(refusal);
  const wanted = onModel();
  await learnFrom({ model, client }, known);
  if (typeof told === 'string' || wanted.kind !== 'stored') {
    const words = wanted.kind === 'wrong version' ? `wrong version, ${wanted.actual} there` : wanted.kind;
    if (told !== words) throw mismatch(what, words, told);
    return;
  }
  // The client shows 0 for "no stream".
  const revision = wanted.revision === -1n ? 0n : wanted.revision;
  if (told.revision !== undefined && told.revision !== revision)
    throw mismatch(`${what}: revision`, revision, told.revision);
  // Events grow too old to be told of, perhaps between the answer and now.
  const positions = [sinceMs, Date.now()].map((nowMs) =>
    wanted.isTold(nowMs) ? wanted.at?.position : undefined,
  );
  if (!positions.includes(told.position)) throw mismatch(`${what}: position`, positions, told.position);
}

async function learnFrom({ model, client }: Pair, index: number): Promise<void> {
  const { log } = model;
  const last = (log[index - 1] as ModelEvent).position as bigint;
  const next = { commit: last + 1n, prepare: last + 1n };
  let at = index;
  for await (const resolved of client.readAll({ fromPosition: next })) {
    const wanted = log[at++];
    if (wanted === undefined) throw mismatch('the end of $all', undefined, resolved.event);
    learn(wanted, resolved);
  }
  if (at < log.length) throw mismatch('the end of $all', log[at], undefined);
}

const idOf = (operation: number, index: number) =>
  `00000000-0000-4000-8000-${operation.toString(16).padStart(9, '0')}${index.toString(16).padStart(3, '0')}`;

function clientEvent({ id, type, isJson, data }: NewEvent) {
  const bytes = Buffer.from(data, 'latin1');
  return isJson
    ? jsonEvent({ id: id as string, type, data: JSON.parse(data) })
    : binaryEvent({ id: id as string, type, data: bytes });
}
