import type { EventStoreDBClient } from '@eventstore/db-client';
import type { SentWrite } from './sent-write.js';

export interface LogEntry {
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly type: string;
  /** Of a link: what it leads to. */
  readonly data: string | undefined;
}

/** All that the node has, in the order of the log. */
export async function readLog(client: EventStoreDBClient): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const { event } of client.readAll())
    if (event)
      entries.push({
        id: event.id,
        stream: event.streamId,
        revision: event.revision,
        position: event.position?.commit as bigint,
        type: event.type,
        data: event.type === '$>' ? Buffer.from(event.data as Uint8Array).toString() : undefined,
      });
  return entries;
}

/** Holds what clients were told, and what readers saw before, against what the log says. A fault a line. */
export function faultsOfLog(
  log: readonly LogEntry[],
  sent: readonly SentWrite[],
  seenBefore: readonly LogEntry[],
): string[] {
  const byId = new Map(log.map((entry) => [entry.id, entry]));
  const byPosition = new Map(log.map((entry) => [entry.position, entry]));
  const repeated = log.length - byId.size;
  return [
    ...(repeated > 0 ? [`${repeated} events are there more than once`] : []),
    ...seenBefore.flatMap((entry) => changed(entry, byPosition.get(entry.position))),
    ...numberingFaults(log),
    ...strangers(log, sent),
    ...sent.flatMap((write) =>
      write.kind === 'append' ? faultsOfAppend(write, byId) : faultsOfEnd(write, byPosition),
    ),
  ];
}

function changed(before: LogEntry, now: LogEntry | undefined): string[] {
  const same = now?.id === before.id && now.stream === before.stream && now.revision === before.revision;
  return same ? [] : [`position ${before.position}: was ${words(before)}, is ${now ? words(now) : 'gone'}`];
}

const words = ({ stream, revision, id }: LogEntry) => `event ${id}, revision ${revision} of ${stream}`;

const TOMBSTONE_REVISION = 2n ** 63n - 1n;

function numberingFaults(log: readonly LogEntry[]): string[] {
  const faults: string[] = [];
  const next = new Map<string, bigint>();
  let last = -1n;
  for (const entry of log) {
    if (entry.position <= last) faults.push(`position ${entry.position} comes after ${last}`);
    last = entry.position;
    if (entry.revision === TOMBSTONE_REVISION) continue;
    const wanted = next.get(entry.stream) ?? 0n;
    if (entry.revision !== wanted) faults.push(`${words(entry)}: revision ${wanted} should be next`);
    next.set(entry.stream, entry.revision + 1n);
  }
  return faults;
}

function strangers(log: readonly LogEntry[], sent: readonly SentWrite[]): string[] {
  const known = new Set(sent.flatMap(({ ids }) => ids));
  return log
    .filter(({ id, type }) => type === 'written' && !known.has(id))
    .map((entry) => `${words(entry)}: nobody sent it`);
}

function faultsOfAppend({ ids, stream, acknowledged }: SentWrite, byId: Map<string, LogEntry>): string[] {
  const found = ids.map((id) => byId.get(id));
  const there = found.filter((entry) => entry !== undefined);
  if (there.length === 0) return acknowledged ? [`${ids[0]} of ${stream}: acknowledged, but lost`] : [];
  if (there.length < ids.length)
    return [`${ids[0]} of ${stream}: ${there.length} of ${ids.length} are there`];
  const last = there.at(-1) as LogEntry;
  const isWhole = there.every(({ position, revision, ...entry }, index) => {
    const after = BigInt(ids.length - 1 - index);
    return (
      position === last.position - after && revision === last.revision - after && entry.stream === stream
    );
  });
  if (!isWhole) return [`${ids[0]} of ${stream}: its events do not stand together`];
  if (acknowledged && (last.position !== acknowledged.position || last.revision !== acknowledged.revision))
    return [
      `${words(last)} at ${last.position}: acknowledged as ${acknowledged.revision} at ${acknowledged.position}`,
    ];
  return [];
}

function faultsOfEnd({ kind, stream, acknowledged }: SentWrite, byPosition: Map<bigint, LogEntry>): string[] {
  if (!acknowledged) return [];
  const found = byPosition.get(acknowledged.position);
  const wanted = kind === 'delete' ? `$$${stream}` : stream;
  const type = kind === 'delete' ? '$metadata' : '$streamDeleted';
  return found?.stream === wanted && found.type === type
    ? []
    : [
        `${kind} of ${stream}, acknowledged at ${acknowledged.position}: there is ${found ? words(found) : 'nothing'}`,
      ];
}

/** What readers of streams are told: ended ones are ended, all others give what the log has of them. */
export async function faultsOfStreams(
  client: EventStoreDBClient,
  log: readonly LogEntry[],
  sent: readonly SentWrite[],
): Promise<string[]> {
  const faults: string[] = [];
  for (const { kind, stream, acknowledged } of sent)
    if (kind !== 'append' && acknowledged) {
      const told = await firstRevision(client, stream);
      const wanted = kind === 'delete' ? 'stream-not-found' : 'stream-deleted';
      if (told !== wanted) faults.push(`${stream}, ${kind} acknowledged: reading it gives ${told}`);
    }
  for (let shared = 0; shared < 5; shared++) {
    const stream = `shared-${shared}`;
    const wanted = log.filter((entry) => entry.stream === stream).map(({ id }) => id);
    const read: string[] = [];
    if (wanted.length > 0)
      for await (const { event } of client.readStream(stream)) if (event) read.push(event.id);
    if (read.join() !== wanted.join())
      faults.push(`${stream}: ${read.length} events read, ${wanted.length} in $all`);
  }
  return faults;
}

async function firstRevision(client: EventStoreDBClient, stream: string): Promise<string> {
  try {
    for await (const { event } of client.readStream(stream, { maxCount: 1 }))
      return `revision ${event?.revision}`;
    return 'no events';
  } catch (error) {
    return (error as { type?: string }).type ?? String(error);
  }
}
