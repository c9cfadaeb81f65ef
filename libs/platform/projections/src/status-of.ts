import { type StopReason } from './checkpoint.js';
import type { ProjectionStatus } from './projector-status.js';
import type { RegisteredProjection } from './registry.js';
import type { Session } from './session.js';

/** What outlives the connection to the stores. */
export interface KnownBetweenSessions {
  readonly position: bigint;
  readonly events: number;
  /** When the projection was last known to have handled everything; the start of the process at first. */
  readonly currentAt: number;
  readonly stopped?: StopReason;
}

interface Circumstances {
  readonly trouble: string | undefined;
  readonly watchMs: number;
  readonly now: number;
}

type Found = NonNullable<ReturnType<Session['find']>>;

export function statusOf(
  { projection: { name, version } }: RegisteredProjection,
  known: KnownBetweenSessions,
  found: Found | undefined,
  circumstances: Circumstances,
): ProjectionStatus {
  const { now, trouble } = circumstances;
  const base = { name, version, position: known.position };
  if (known.stopped) {
    const since = Date.parse(known.stopped.eventAt ?? known.stopped.at);
    const { message: reason } = known.stopped;
    return {
      ...base,
      state: 'stopped',
      lagEvents: 1,
      lagIsExact: false,
      lagSeconds: seconds(now - since),
      reason,
      stopped: known.stopped,
    };
  }
  if (!found) {
    const lag = { lagEvents: 0, lagIsExact: false, lagSeconds: seconds(now - known.currentAt) };
    return trouble === undefined
      ? { ...base, state: 'catching_up', ...lag }
      : { ...base, state: 'reconnecting', ...lag, reason: trouble };
  }
  const position = found.member.position;
  const lagSeconds = lagSecondsOf(found, known, circumstances);
  const state = found.lane.hasCaughtUp ? 'live' : 'catching_up';
  return { ...base, position, state, ...lagEventsOf(found), lagSeconds };
}

function lagEventsOf({ lane, watch, member, head }: Found) {
  const received = lane.unhandledEvents;
  if (lane.hasCaughtUp) {
    const isSilent = received === 0 && watch.oldestAfter(lane.position) !== undefined;
    return { lagEvents: isSilent ? 1 : received, lagIsExact: !isSilent };
  }
  const left = Number(head - member.position);
  const bytesAnEvent = member.events > 0 ? Number(member.position) / member.events : left;
  const estimate = left > 0 && bytesAnEvent > 0 ? Math.ceil(left / bytesAnEvent) : 0;
  return { lagEvents: Math.max(received, estimate, 1), lagIsExact: false };
}

/** Looks at the log that may fail or be late before silence counts as lag. */
const LATE_LOOKS = 5;

function lagSecondsOf(
  { lane, watch }: Found,
  { currentAt }: KnownBetweenSessions,
  { watchMs, now }: Circumstances,
) {
  const oldest = lane.oldestUnhandled ?? watch.oldestAfter(lane.position);
  if (oldest) return seconds(now - oldest.getTime());
  // Events follow each other by time, as near as clocks go: whoever handled one was current when it was appended.
  const handledUntil = lane.handledUntil?.getTime() ?? 0;
  const lastCurrentAt = Math.max(watch.currentAt ?? 0, currentAt, handledUntil);
  const isHeardOf = lane.hasCaughtUp && now - lastCurrentAt <= watchMs * LATE_LOOKS;
  return isHeardOf ? 0 : seconds(now - lastCurrentAt);
}

/** Clocks of two machines differ: never below 0. */
const seconds = (ms: number): number => Math.max(0, ms) / 1_000;
