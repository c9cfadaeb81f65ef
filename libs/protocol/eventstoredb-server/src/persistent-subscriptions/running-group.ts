import { Wakeup } from '../streams/commit-signals.js';
import { EventFramePeek } from '../wire/index.js';
import { AllSource, type StoredEventFilter } from './all-source.js';
import { BackgroundWrites } from './background-writes.js';
import { type BucketOf, bucketsOf } from './buckets.js';
import { CheckpointStore } from './checkpoint-store.js';
import { Checkpointer } from './checkpointer.js';
import { Consumer, type Delivery } from './consumer.js';
import { ConsumerGroup, type NackAction } from './consumer-group.js';
import type { EventSource } from './event-source.js';
import { firstNumberOf, type GroupEntry, keyOf } from './group-entry.js';
import { type GroupInfo, GroupMeter } from './group-info.js';
import { ALL } from './group-settings.js';
import { ParkedMessages } from './parked-messages.js';
import { Parking } from './parking.js';
import { frameAt, type StoredLog } from './stored-log.js';
import { StreamSource } from './stream-source.js';
import { TimingStatistics } from './timing-statistics.js';

/** The connection to a consumer. */
export interface ConsumerConnection {
  readonly name: string;
  /**
   * Sends an event; where `followsLink`, the target in place of a link.
   * @returns whether there is room for the next one.
   */
  send(frame: Buffer, as: { readonly retryCount: number; readonly followsLink: boolean }): Promise<boolean>;
  /** Resolves when there is room again; rejects when the connection is gone. */
  drained(): Promise<void>;
  /** The group sends nothing any more: it was changed, deleted or restarted. */
  drop(): void;
}

export interface GroupEnvironment {
  readonly stored: StoredLog;
  /** Milliseconds since the epoch. */
  now(): number;
  onError(message: string, error: unknown): void;
}

const peek = new EventFramePeek();

/**
 * One group at work: reads its source on, hands events out, stores checkpoints and parked events. One loop does
 * it all in turn and sleeps while there is nothing to do; whatever happens outside wakes it.
 */
export class RunningGroup {
  readonly #connections = new Map<Consumer, ConsumerConnection>();
  readonly #wakeup = new Wakeup();
  readonly #writes: BackgroundWrites;
  readonly #checkpointer: Checkpointer;
  readonly #parking: Parking;
  readonly #meter: GroupMeter;
  readonly #unfollow: () => void;
  readonly #loop: Promise<void>;
  readonly #group: ConsumerGroup;
  #isStopped = false;
  /** The number to read next. */
  #next: number;
  #isLive: boolean;
  #lastRead: number | undefined;

  private constructor(
    readonly entry: GroupEntry,
    private readonly environment: GroupEnvironment,
    private readonly source: EventSource,
    bucketOf: BucketOf | undefined,
    checkpoints: CheckpointStore,
    checkpoint: string | undefined,
  ) {
    const { stored, now } = environment;
    const { settings } = entry;
    const reached = checkpoint === undefined ? undefined : source.numberOf(checkpoint);
    const next = reached === undefined ? firstNumberOf(entry) : reached + 1;
    this.#next = next;
    this.#isLive = next >= source.end;
    this.#group = new ConsumerGroup(settings, next - 1);
    this.#meter = new GroupMeter(now());
    this.#writes = new BackgroundWrites(
      () => this.#wakeup.wake(),
      (error) => this.#report(error),
    );
    const notationOf = (number: number) => source.notationOf(number);
    this.#checkpointer = new Checkpointer(this.#group, checkpoints, notationOf, this.#writes, checkpoint);
    const parked = new ParkedMessages(stored, keyOf(entry));
    this.#parking = new Parking(this.#group, stored, parked, this.#writes, settings.resolveLinks, bucketOf);
    this.#unfollow = source.follow(this.#wakeup);
    this.#wakeup.wake();
    this.#loop = this.#run();
  }

  /** Goes on where the last checkpoint is, else starts where the settings say. */
  static async open(
    entry: GroupEntry,
    environment: GroupEnvironment,
    filter: StoredEventFilter | undefined,
  ): Promise<RunningGroup> {
    const { stored } = environment;
    const { strategy, resolveLinks } = entry.settings;
    const bucketOf = bucketsOf(strategy, stored);
    const source =
      entry.source === ALL
        ? new AllSource(stored, filter, resolveLinks, bucketOf)
        : new StreamSource(stored, entry.source, resolveLinks, bucketOf);
    const checkpoints = new CheckpointStore(stored, keyOf(entry));
    return new RunningGroup(entry, environment, source, bucketOf, checkpoints, await checkpoints.load());
  }

  get hasRoomForConsumer(): boolean {
    const { maxSubscriberCount } = this.entry.settings;
    return maxSubscriberCount === 0 || this.#connections.size < maxSubscriberCount;
  }

  /** @param slots how many messages the consumer takes before it has acknowledged any. */
  join(connection: ConsumerConnection, slots: number): Consumer {
    const timings = this.entry.settings.extraStatistics ? new TimingStatistics() : undefined;
    const consumer = new Consumer(slots, timings);
    if (this.#isStopped) {
      connection.drop();
      return consumer;
    }
    this.#connections.set(consumer, connection);
    this.#group.join(consumer);
    this.#wakeup.wake();
    return consumer;
  }

  leave(consumer: Consumer): void {
    if (!this.#connections.delete(consumer)) return;
    this.#group.leave(consumer);
    this.#wakeup.wake();
  }

  ack(ids: readonly string[]): void {
    this.#group.ack(ids, this.environment.now());
    this.#wakeup.wake();
  }

  nack(ids: readonly string[], action: NackAction, reason: string): void {
    this.#parking.add(this.#group.nack(ids, action, reason, this.environment.now()));
    this.#wakeup.wake();
  }

  /** Delivers parked messages again, those below a parked revision; returns before that is done. */
  replayParked(stopAt?: number): void {
    this.#parking.replay(stopAt);
    this.#wakeup.wake();
  }

  /** To be called once a second. */
  tick(): void {
    const nowMs = this.environment.now();
    this.#parking.add(this.#group.expire(nowMs));
    this.#parking.tick();
    this.#checkpointer.check(nowMs, true);
    if (this.#group.retryCount > 0 || this.#parking.pendingCount > 0) this.#wakeup.wake();
  }

  /** Ends every connection, then waits for what is being written. */
  async stop(): Promise<void> {
    this.#end();
    await this.#loop;
    await this.#writes.idle();
  }

  #end(): void {
    this.#isStopped = true;
    this.#unfollow();
    this.#wakeup.wake();
    for (const connection of this.#connections.values()) connection.drop();
    this.#connections.clear();
  }

  async #run(): Promise<void> {
    try {
      while (!this.#isStopped) {
        await this.#wakeup.wait();
        await this.#work();
      }
    } catch (error) {
      this.#report(error);
      this.#end();
    }
  }

  async #work(): Promise<void> {
    for (let isMore = true; isMore && !this.#isStopped; ) {
      const hasReplayed = await this.#parking.work(this.environment.now());
      const hasRead = await this.#readOn();
      const hasDelivered = await this.#deliver();
      this.#checkpointer.check(this.environment.now(), false);
      isMore = hasReplayed || hasRead || hasDelivered;
    }
  }

  async #readOn(): Promise<boolean> {
    const { room } = this.#group;
    if (room === 0) {
      this.#isLive &&= this.#next >= this.source.end;
      return false;
    }
    const from = this.#next;
    const { next, isAtEnd } = await this.source.read(from, room, this.#isLive, {
      add: (number, position, bucket) => {
        this.#group.add(number, position, bucket);
        this.#lastRead = number;
      },
      passOver: (number) => this.#group.passOver(number),
    });
    this.#next = next;
    this.#isLive = isAtEnd;
    return next > from;
  }

  async #deliver(): Promise<boolean> {
    for (let hasDelivered = false; ; hasDelivered = true) {
      const delivery = this.#isStopped
        ? undefined
        : this.#group.deliver(this.environment.now(), this.#parking.isReplaying);
      if (delivery === undefined) return hasDelivered;
      await this.#send(delivery);
    }
  }

  async #send(delivery: Delivery): Promise<void> {
    const { message, consumer } = delivery;
    const frame = await frameAt(this.environment.stored, message.position);
    this.#group.identify(delivery, peek.look(frame).id);
    const connection = this.#connections.get(consumer);
    if (connection === undefined) return; // left meanwhile: the message waits for another
    const hasRoom = await connection.send(frame, {
      retryCount: message.retryCount,
      followsLink: this.entry.settings.resolveLinks || message.isReplayed,
    });
    if (!hasRoom) this.#waitForRoom(consumer, connection);
  }

  #waitForRoom(consumer: Consumer, connection: ConsumerConnection): void {
    consumer.isBlocked = true;
    const unblock = () => {
      consumer.isBlocked = false;
      this.#wakeup.wake();
    };
    connection.drained().then(unblock, () => this.leave(consumer));
  }

  #report(error: unknown): void {
    this.environment.onError(`The persistent subscription ${keyOf(this.entry)} failed.`, error);
  }

  /** Rates are those since the last time that somebody asked. */
  info(): GroupInfo {
    const { settings } = this.entry;
    const { source } = this;
    const isReplaying = this.#parking.isReplaying;
    const flags = [
      !this.#isLive && 'Behind',
      isReplaying && 'ReplayingParkedMessages',
      this.#isLive && 'Live',
    ];
    const connections = [...this.#connections].map(([consumer, { name }]) => ({ consumer, name }));
    return {
      entry: this.entry,
      status: flags.filter((flag) => flag !== false).join(', '),
      startFrom: source.notationOf(settings.startFrom === 'end' ? -1 : settings.startFrom),
      lastCheckpoint: this.#checkpointer.last,
      lastKnown: this.#lastRead === undefined ? undefined : source.notationOf(this.#lastRead),
      readBufferCount: this.#group.waitingCount,
      liveBufferCount: Math.min(Math.max(0, source.end - this.#next), settings.liveBufferSize),
      retryBufferCount: this.#group.retryCount,
      outstandingCount: this.#group.inFlightCount + this.#parking.pendingCount,
      parkedCount: this.#parking.parkedCount,
      ...this.#meter.measure(this.environment.now(), this.#group.totalItems, connections),
    };
  }
}
