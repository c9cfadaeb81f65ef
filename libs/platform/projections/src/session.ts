import { setTimeout as pause } from 'node:timers/promises';
import { HeadWatch } from './head-watch.js';
import { Lane, type LaneLimits, type LanePorts } from './lane.js';
import { type LogFeed, LogLostError } from './log-feed.js';
import { Member } from './member.js';
import { DocumentFault, type ProjectionStore } from './projection-store.js';
import type { ProjectionRegistry, RegisteredProjection } from './registry.js';
import { untilAborted } from './until-aborted.js';

export interface SessionOptions extends Omit<LanePorts, 'onChange'> {
  readonly registry: ProjectionRegistry;
  readonly store: ProjectionStore;
  readonly feed: LogFeed;
  readonly limits: LaneLimits;
  /** Committed documents that one projection keeps in memory. */
  readonly cacheBytes: number;
  readonly watchMs: number;
  /** A subscription that is silent for this long about an event which is there is given up. */
  readonly stallMs: number;
  /** Another look at the log was taken. */
  readonly onWatch: () => void;
  /** Projections whose commits are cut down to so many events, by id. */
  readonly suspects: ReadonlyMap<string, number>;
}

/** What is known of the log's head beside a lane, without its subscription. */
interface Watched {
  readonly lane: Lane;
  readonly watch: HeadWatch;
  /** When the watch first saw an event that the subscription had not brought. */
  stalledSince: number | undefined;
}

const LOOKS_BEFORE_LOST = 3;
const JOIN_WITHIN_MS = 5_000;

/** One connection to both stores, from the checkpoints as they are until something fails. */
export class Session {
  private watched: Watched[] = [];
  private readonly ending = new AbortController();
  private head = -1n;
  private isJoining = false;
  private fail: (error: unknown) => void = () => undefined;

  constructor(private readonly options: SessionOptions) {}

  /** Resolves when stopped. @throws what ended it: every lane has come to rest by then. */
  async run(projections: readonly RegisteredProjection[]): Promise<void> {
    const { signal } = this.ending;
    const members = await untilAborted(this.members(projections), signal);
    if (!members || signal.aborted) return;
    const failed = new Promise<never>((_resolve, reject) => {
      this.fail = reject;
    });
    const lanes = this.form(members);
    const runs = lanes.map((lane) => lane.run().catch((error) => this.fail(error)));
    // Left to itself in the end: its last look may wait for an answer that never comes.
    void this.keepWatching().catch((error) => this.fail(error));
    try {
      await untilAborted(failed, signal);
    } finally {
      this.stop();
      await Promise.all(runs);
    }
  }

  stop(): void {
    this.ending.abort();
    for (const { lane } of this.watched) lane.stop();
  }

  /** A reader has begun to wait for what comes next. */
  hurry(): void {
    for (const { lane } of this.watched) lane.hurry();
  }

  /** The lane of a projection, and what its watch knows. */
  find(id: string) {
    for (const { lane, watch } of this.watched) {
      const member = lane.members.find((candidate) => candidate.id === id);
      if (member) return { lane, watch, member, head: this.head };
    }
    return undefined;
  }

  private async members(projections: readonly RegisteredProjection[]): Promise<Member[]> {
    const checkpoints = await this.options.store.checkpoints(projections);
    const members = projections.map((registered) => {
      const checkpoint = checkpoints.get(registered.id);
      if (!checkpoint) throw new Error(`The checkpoint of ${registered.id} is gone.`);
      return new Member(registered, checkpoint, this.options.cacheBytes);
    });
    const beyond = await this.beyondTheEnd(members);
    if (!beyond) return members;
    // A follower of a cluster may be late; another log stays short.
    await pause(this.options.watchMs, undefined, { ref: false });
    if (await this.beyondTheEnd(members)) throw madeFromAnotherLog(beyond, this.head);
    return members;
  }

  private async beyondTheEnd(members: readonly Member[]): Promise<Member | undefined> {
    try {
      this.head = await this.options.feed.head();
    } catch (error) {
      throw new LogLostError(error);
    }
    return members.find(({ position }) => position > this.head);
  }

  /** One lane for all that stand at the same place; a suspect has one of its own. */
  private form(members: readonly Member[]): Lane[] {
    const { suspects, limits, feed } = this.options;
    const ports = { ...this.options, onChange: () => this.joinLanes() };
    const groups = new Map<string | bigint, Member[]>();
    for (const member of members) {
      const place = suspects.has(member.id) ? member.id : member.position;
      groups.set(place, [...(groups.get(place) ?? []), member]);
    }
    const lanes = [...groups.values()].map(
      (group) => new Lane(group, ports, limits, suspects.get(group[0]!.id)),
    );
    this.watched = lanes.map((lane) => ({
      lane,
      watch: new HeadWatch(feed, Date.now),
      stalledSince: undefined,
    }));
    return lanes;
  }

  private async keepWatching(): Promise<void> {
    const { signal } = this.ending;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.look();
        failures = 0;
      } catch (error) {
        if (++failures >= LOOKS_BEFORE_LOST) throw new LogLostError(error);
      }
      this.joinLanes();
      this.options.onWatch();
      await pause(this.options.watchMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async look(): Promise<void> {
    if (this.watched.some(({ lane }) => !lane.hasCaughtUp)) this.head = await this.options.feed.head();
    for (const watched of this.watched) {
      const { lane, watch } = watched;
      if (!lane.isIdle || lane.members.length === 0) {
        watched.stalledSince = undefined;
        continue;
      }
      await watch.look(lane.position);
      if (!lane.isIdle || !watch.oldestAfter(lane.position)) watched.stalledSince = undefined;
      else watched.stalledSince ??= performance.now();
      if (
        watched.stalledSince !== undefined &&
        performance.now() - watched.stalledSince > this.options.stallMs
      )
        throw new LogLostError('The subscription is silent about an event that the log holds.');
    }
  }

  /** Lanes that have caught up become one: each waits at the same event, then one goes on with all members. */
  private joinLanes(): void {
    const ready = this.watched.filter(
      ({ lane }) => lane.isSound && lane.hasCaughtUp && lane.members.length > 0,
    );
    if (this.isJoining || this.ending.signal.aborted || ready.length < 2) return;
    this.isJoining = true;
    this.join(ready[0]!.lane, ready[1]!.lane)
      .catch((error) => this.fail(error))
      .finally(() => {
        this.isJoining = false;
      });
  }

  private async join(one: Lane, other: Lane): Promise<void> {
    const tooLate = pause(JOIN_WITHIN_MS, undefined, { signal: this.ending.signal, ref: false }).catch(
      () => undefined,
    );
    const positions = await Promise.race([Promise.all([one.holdAt(), other.holdAt()]), tooLate]);
    if (positions) {
      const [ahead, behind] = positions[0] >= positions[1] ? [one, other] : [other, one];
      const position = await Promise.race([behind.holdAt(ahead.position), tooLate]);
      if (position === ahead.position) {
        this.watched = this.watched.filter(({ lane }) => lane !== behind);
        ahead.release(behind.handOver());
        return;
      }
    }
    one.release();
    other.release();
  }
}

/** What is appended to this log up to there would be skipped, silently. */
function madeFromAnotherLog({ id, position }: Member, head: bigint): DocumentFault {
  const message = `${id} has handled position ${position}, but the log ends at ${head}: it was made from another log. Drop its collection and its checkpoint.`;
  return new DocumentFault(id, undefined, message);
}
