import type { BackgroundWrites } from './background-writes.js';
import type { BucketOf } from './buckets.js';
import type { ConsumerGroup, ToPark } from './consumer-group.js';
import type { ParkedMessages } from './parked-messages.js';
import { frameAt, type StoredLog } from './stored-log.js';

/**
 * Sets messages of a group aside, and brings them back. A parked message is finished once it is stored, and a
 * replayed one leaves the parked stream once it is finished: a crash repeats, and loses nothing.
 */
export class Parking {
  #waiting: ToPark[] = [];
  #writingCount = 0;
  #refused: ToPark[] = [];
  #replayNext: number;
  #replayEnd: number;
  #isTruncating = false;

  constructor(
    private readonly group: ConsumerGroup,
    private readonly stored: StoredLog,
    private readonly parked: ParkedMessages,
    private readonly writes: BackgroundWrites,
    private readonly followsLinks: boolean,
    private readonly bucketOf: BucketOf | undefined,
  ) {
    this.#replayNext = this.#replayEnd = parked.truncatedBefore;
  }

  /** Messages that are not stored as parked yet. */
  get pendingCount(): number {
    return this.#waiting.length + this.#writingCount + this.#refused.length;
  }

  /** Parked, and not yet brought back. */
  get parkedCount(): number {
    return this.parked.end - this.#replayNext;
  }

  get isReplaying(): boolean {
    return this.#replayNext < this.#replayEnd;
  }

  add(messages: readonly ToPark[]): void {
    this.#waiting.push(...messages);
  }

  /** Brings back what is parked now, up to before a parked revision. */
  replay(stopAt = Infinity): void {
    this.#replayEnd = Math.max(this.#replayEnd, Math.min(stopAt, this.parked.end));
  }

  /** Does what can be done now. @returns whether something was brought back. */
  async work(nowMs: number): Promise<boolean> {
    for (const each of this.#waiting.splice(0)) await this.#park(each, nowMs);
    const from = this.#replayNext;
    for (let left = this.group.roomForReplays; left > 0 && this.isReplaying; left--) await this.#bringBack();
    this.#truncate(false);
    return this.#replayNext > from;
  }

  /** Time has passed: what the disk refused is tried again. */
  tick(): void {
    this.#waiting.push(...this.#refused.splice(0));
    this.#truncate(true);
  }

  async #park(each: ToPark, nowMs: number): Promise<void> {
    const { message, reason } = each;
    const frame = await frameAt(this.stored, message.position);
    const followsLink = this.followsLinks || message.isReplayed;
    this.#writingCount++;
    this.writes.start(
      this.parked.park(frame, reason, followsLink, nowMs),
      () => {
        this.#writingCount--;
        this.group.finish(message);
      },
      () => {
        this.#writingCount--;
        this.#refused.push(each);
      },
    );
  }

  async #bringBack(): Promise<void> {
    const revision = this.#replayNext;
    const found = await this.parked.read(revision);
    if (found !== undefined)
      this.group.replay(revision, found.position, (await this.bucketOf?.(found.frame, true)) ?? 0);
    this.#replayNext++;
  }

  /** Lets go of what is done with: at once when that is all, else from time to time. */
  #truncate(isTick: boolean): void {
    const lowest = this.group.lowestReplay;
    const before = lowest ?? this.#replayNext;
    const isDue =
      before > this.parked.truncatedBefore && (isTick || (lowest === undefined && !this.isReplaying));
    if (!isDue || this.#isTruncating) return;
    const settled = () => {
      this.#isTruncating = false;
    };
    this.#isTruncating = true;
    this.writes.start(this.parked.truncateBefore(before), settled, settled);
  }
}
