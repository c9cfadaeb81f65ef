import type { Readable } from 'node:stream';
import { approximateBytes } from './approximate-bytes.js';
import { type LoggedEvent, type LoggedItem, LogLostError } from './log-feed.js';

export interface ReadAhead {
  /** Events held at most, while they wait to be taken. */
  readonly events: number;
  readonly sizeBytes: number;
}

/** Reading the past, fewer events than this are waited for a moment: a batch costs the same for one as for many. */
const WORTH_TAKING = 512;
const PATIENCE_MS = 20;

/**
 * Takes events off a subscription in whatever pieces they come, with back-pressure: beyond `ahead`, the subscription
 * is left unread. Never a `data` listener: order and errors stay in one hand.
 */
export class ChunkReader {
  private waiting: LoggedEvent[] = [];
  private waitingBytes = 0;
  private waitingSince = 0;
  private fault: Error | undefined;
  private isClosed = false;
  /** The past has been delivered; it may still wait here. */
  hasCaughtUp = false;

  /**
   * @param wake called when something has come where nothing was, when much has gathered, or at a fault.
   * @param now milliseconds, rising.
   */
  constructor(
    private readonly subscription: Readable,
    private readonly ahead: ReadAhead,
    private readonly wake: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    subscription.on('readable', this.fill);
    subscription.on('caughtUp', () => {
      this.hasCaughtUp = true;
      wake();
    });
    subscription.on('error', (error: Error) => this.fail(error));
    subscription.on('end', () => this.fail(new Error('The subscription ended.')));
    subscription.on('close', () => this.fail(new Error('The subscription was closed.')));
    this.fill();
  }

  /** The past has been delivered, and nothing waits. */
  get isAtEnd(): boolean {
    return this.hasCaughtUp && this.waiting.length === 0 && this.subscription.readableLength === 0;
  }

  /** Events received and not taken. */
  get queued(): number {
    return this.waiting.length + this.subscription.readableLength;
  }

  /** Time of append of the first event that waits. */
  get oldest(): Date | undefined {
    return this.waiting[0]?.created;
  }

  /**
   * What has come, at most `limit` events; nothing when it is not worth it yet.
   * @throws LogLostError the subscription's error, once all that came before it was taken.
   */
  take(limit = Number.MAX_SAFE_INTEGER): readonly LoggedEvent[] {
    this.fill();
    if (this.waiting.length === 0) {
      if (this.fault) throw this.fault;
      return [];
    }
    if (!this.isWorthTaking(limit)) return [];
    const taken = this.waiting.splice(0, limit);
    if (this.waiting.length === 0) this.waitingBytes = 0;
    else for (const { data } of taken) this.waitingBytes -= approximateBytes(data);
    this.waitingSince = this.now();
    this.fill();
    return taken;
  }

  close(): void {
    this.isClosed = true;
    this.subscription.removeListener('readable', this.fill);
  }

  private isWorthTaking(limit: number): boolean {
    if (this.hasCaughtUp || this.fault) return true;
    if (this.waiting.length >= Math.min(limit, WORTH_TAKING) || this.isFull) return true;
    return this.now() - this.waitingSince >= PATIENCE_MS;
  }

  /** It takes no more off the subscription. */
  get isFull(): boolean {
    return this.waiting.length >= this.ahead.events || this.waitingBytes >= this.ahead.sizeBytes;
  }

  private fill = (): void => {
    if (this.isClosed) return;
    const before = this.waiting.length;
    while (!this.isFull) {
      const item = this.subscription.read() as LoggedItem | null;
      if (item === null) break;
      if (!item.event) continue;
      this.waiting.push(item.event);
      this.waitingBytes += approximateBytes(item.event.data);
    }
    const after = this.waiting.length;
    if (before === 0 && after > 0) this.waitingSince = this.now();
    // Once for each that makes a difference to who takes: every wake costs a turn of the lane.
    if (after > before && (before === 0 || this.isFull || after >= WORTH_TAKING)) this.wake();
  };

  private fail(error: Error): void {
    if (this.isClosed) return;
    this.fault ??= new LogLostError(error);
    this.wake();
  }
}
