import type { StoredEvent } from '#libs/platform/event-store';

/** An event of a trace. No data: who caused what is told without it. */
export interface TracedEvent {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly recordedAt: string;
  /** What it caused. */
  readonly caused: readonly TracedCommand[];
}

/** What recorded events: a command, or a program without commands, which is told by `id` alone. */
export interface TracedCommand {
  readonly id: string;
  readonly type?: string;
  readonly actor?: string;
  readonly at?: string;
  readonly events: readonly TracedEvent[];
  /** Named as the cause, and not among the events of this correlation: a missing link. */
  readonly missingCause?: string;
}

/** Who caused what under one correlation id, from its beginnings on. */
export interface Trace {
  readonly correlationId: string;
  readonly events: number;
  readonly streams: number;
  readonly roots: readonly TracedCommand[];
}

interface Links {
  readonly $correlationId?: string;
  readonly $causationId?: string;
  readonly commandId?: string;
  readonly commandType?: string;
  readonly actor?: string;
  readonly at?: string;
}

const linksOf = ({ metadata }: StoredEvent): Links =>
  typeof metadata === 'object' && metadata !== null ? (metadata as Links) : {};

/** Builds the tree of one correlation from its events, in log order. */
export function traceOf(correlationId: string, stored: readonly StoredEvent[]): Trace {
  const commands = new Map<string, Growing>();
  const eventIds = new Map<string, Growing[]>();
  for (const event of stored) {
    const { commandId, $causationId, commandType, actor, at } = linksOf(event);
    const id = commandId ?? $causationId ?? event.id;
    let command = commands.get(id);
    if (!command) {
      command = { id, cause: $causationId, type: commandType, actor, at, events: [] };
      commands.set(id, command);
    }
    const caused: Growing[] = [];
    eventIds.set(event.id, caused);
    command.events.push({ event, caused });
  }
  const roots: Growing[] = [];
  for (const command of commands.values()) {
    const { id, cause } = command;
    const siblings = cause === undefined ? undefined : eventIds.get(cause);
    const isRoot = cause === undefined || cause === id || cause === correlationId;
    if (!siblings && !isRoot) command.missingCause = cause;
    (siblings ?? roots).push(command);
  }
  const streams = new Set(stored.map(({ stream }) => stream)).size;
  return { correlationId, events: stored.length, streams, roots: roots.map(grown) };
}

interface Growing {
  readonly id: string;
  readonly cause: string | undefined;
  readonly type: string | undefined;
  readonly actor: string | undefined;
  readonly at: string | undefined;
  readonly events: { readonly event: StoredEvent; readonly caused: readonly Growing[] }[];
  missingCause?: string;
}

function grown({ id, type, actor, at, missingCause, events }: Growing): TracedCommand {
  return {
    id,
    ...(type !== undefined && { type }),
    ...(actor !== undefined && { actor }),
    ...(at !== undefined && { at }),
    ...(missingCause !== undefined && { missingCause }),
    events: events.map(({ event, caused }) => {
      const { id: eventId, type: eventType, stream, revision, position, recordedAt } = event;
      return {
        id: eventId,
        type: eventType,
        stream,
        revision,
        position,
        recordedAt,
        caused: caused.map(grown),
      };
    }),
  };
}

/**
 * Finds a trace by the id of a correlation, an event or a command, in one pass over the log for a correlation, two for
 * the others. Memory: the events of the correlation.
 * @param readLog every event of the log, from its beginning.
 */
export async function findTrace(
  readLog: () => AsyncIterable<StoredEvent>,
  id: string,
): Promise<Trace | undefined> {
  const own = await collect(readLog(), id);
  if (own.events.length > 0) return traceOf(id, own.events);
  if (own.correlationId === undefined) return undefined;
  return traceOf(own.correlationId, (await collect(readLog(), own.correlationId)).events);
}

async function collect(log: AsyncIterable<StoredEvent>, id: string) {
  const events: StoredEvent[] = [];
  let correlationId: string | undefined;
  for await (const event of log) {
    const { $correlationId, commandId } = linksOf(event);
    if ($correlationId === id) events.push(event);
    else if (event.id === id || commandId === id) correlationId ??= $correlationId;
  }
  return { events, correlationId };
}
