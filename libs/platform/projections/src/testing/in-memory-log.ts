import { Readable } from 'node:stream';
import { derivedId } from '#libs/platform/kernel';
import { LogFeed, type LoggedEvent, type LoggedItem } from '../log-feed.js';

const NAMESPACE = '0b6f3a54-93a5-4f0e-8a43-2c1c4c6a8a11';
const HWM = 16;

export interface Appended {
  readonly stream: string;
  readonly type: string;
  readonly data?: object;
  readonly schemaVersion?: number;
  readonly created?: Date;
}

/** A log in memory that behaves as the client's subscriptions do: for specs. */
export class InMemoryLog {
  readonly events: LoggedEvent[] = [];
  /** How many subscriptions have been made, and are open. */
  subscriptions = 0;
  readonly open = new Set<LogReadable>();
  private readonly revisions = new Map<string, bigint>();
  private isDown = false;
  private readonly frozen = new Set<LogReadable>();

  append(...items: readonly Appended[]): void {
    for (const { stream, type, data = {}, schemaVersion = 1, created = new Date() } of items) {
      const place = this.events.length;
      this.events.push({
        streamId: stream,
        id: derivedId(`${place}`, NAMESPACE),
        revision: this.nextRevision(stream),
        type,
        data,
        metadata: { schemaVersion },
        isJson: true,
        created,
        position: { commit: BigInt(100 * (place + 1)) },
      });
    }
    for (const readable of this.open) readable.more();
  }

  private nextRevision(stream: string): bigint {
    const revision = this.revisions.get(stream) ?? 0n;
    this.revisions.set(stream, revision + 1n);
    return revision;
  }

  /** Every connection breaks, and none is made until `recover`. */
  fail(): void {
    this.isDown = true;
    for (const readable of this.open) readable.emit('error', new Error('the log is away'));
  }

  /** The subscriptions that are open now bring nothing more, and do not say so. */
  freeze(): void {
    for (const readable of this.open) this.frozen.add(readable);
  }

  isFrozen(readable: LogReadable): boolean {
    return this.frozen.has(readable);
  }

  recover(): void {
    this.isDown = false;
  }

  connect = (): LogFeed => new InMemoryFeed(this);

  check(): void {
    if (this.isDown) throw new Error('the log is away');
  }
}

class InMemoryFeed extends LogFeed {
  constructor(private readonly log: InMemoryLog) {
    super();
  }

  follow(after: bigint): Readable {
    this.log.subscriptions++;
    return new LogReadable(this.log, after);
  }

  async firstAfter(after: bigint) {
    this.log.check();
    const event = this.log.events.find(({ position }) => position.commit > after);
    return event ? { event, scannedTo: after } : { scannedTo: after };
  }

  async head(): Promise<bigint> {
    this.log.check();
    return this.log.events.at(-1)?.position.commit ?? -1n;
  }

  async close(): Promise<void> {}
}

/** Pushes as fast as it is read, then says `caughtUp` once. */
class LogReadable extends Readable {
  private next: number;
  private hasCaughtUp = false;

  constructor(
    private readonly log: InMemoryLog,
    after: bigint,
  ) {
    super({ objectMode: true, highWaterMark: HWM });
    const next = log.events.findIndex(({ position }) => position.commit > after);
    this.next = next === -1 ? log.events.length : next;
    log.open.add(this);
    setImmediate(() => this.more());
  }

  override _read(): void {
    setImmediate(() => this.more());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.log.open.delete(this);
    done(error);
  }

  more(): void {
    if (this.destroyed || this.log.isFrozen(this)) return;
    try {
      this.log.check();
    } catch (error) {
      this.emit('error', error);
      return;
    }
    while (this.next < this.log.events.length) {
      const item: LoggedItem = { event: this.log.events[this.next++]! };
      if (!this.push(item)) return;
    }
    if (this.hasCaughtUp) return;
    this.hasCaughtUp = true;
    this.emit('caughtUp');
  }
}
