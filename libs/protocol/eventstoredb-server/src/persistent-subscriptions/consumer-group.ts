import { CheckpointRule } from './checkpoint-rule.js';
import type { Consumer, Delivery } from './consumer.js';
import type { ConsumerStrategy } from './consumer-strategy.js';
import type { GroupSettings } from './group-settings.js';
import { Message } from './message.js';
import { PinnedStrategy } from './pinned-strategy.js';
import { RetryQueue } from './retry-queue.js';
import { RotatingStrategy } from './rotating-strategy.js';

export type NackAction = 'retry' | 'park' | 'skip';

/** A message to set aside. It counts as unfinished until `finish` says that this is done. */
export interface ToPark {
  readonly message: Message;
  readonly reason: string;
}

/** Up to where everything is finished, as a checkpoint names it. */
export interface Progress {
  readonly sequence: number;
  readonly number: number;
}

/** To read ahead further would help nobody, and the size is up to whoever creates a group. */
const MAX_BUFFERED = 10_000;

/**
 * The state of one consumer group: what waits, who has what, what is finished. It knows neither clock nor log:
 * events come in by `add`, leave by `deliver`, and end by `ack`, `nack`, `expire`, `leave` or `finish`
 * (EventStoreDB: PersistentSubscription, StreamBuffer, OutstandingMessageCache).
 */
export class ConsumerGroup {
  readonly consumers = new Set<Consumer>();
  readonly #strategy: ConsumerStrategy;
  readonly #checkpoints: CheckpointRule;
  readonly #bufferSize: number;
  readonly #batchSize: number;
  readonly #waiting = new Set<Message>();
  readonly #retries = new RetryQueue();
  /** In the order in which they were sent, so also in that in which they expire. */
  readonly #inFlight = new Set<Delivery>();
  readonly #byId = new Map<string, Delivery>();
  /** In the order of the source, respectively of parking: the first is the lowest. */
  readonly #unfinished = new Set<Message>();
  readonly #unfinishedReplays = new Set<Message>();
  #lastSequence = -1;
  #lastNumber: number;
  #totalItems = 0;

  /** @param lastNumber of the event before the first to deliver. */
  constructor(
    private readonly settings: GroupSettings,
    lastNumber: number,
  ) {
    this.#lastNumber = lastNumber;
    this.#checkpoints = new CheckpointRule(settings, this.#lastSequence);
    this.#strategy = strategyOf(settings);
    this.#bufferSize = Math.min(settings.historyBufferSize, MAX_BUFFERED);
    this.#batchSize = Math.max(0, Math.min(settings.readBatchSize, MAX_BUFFERED - 1));
  }

  /** How many events to read next; 0 until there is room for a whole batch. */
  get room(): number {
    const free = this.#bufferSize - this.waitingCount - this.retryCount;
    return free > this.#batchSize ? Math.max(1, this.#batchSize) : 0;
  }

  /** How many parked messages to bring back next: a batch, whatever waits behind them. */
  get roomForReplays(): number {
    return Math.max(0, Math.max(1, this.#batchSize) - this.retryCount);
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  get retryCount(): number {
    return this.#retries.length;
  }

  get inFlightCount(): number {
    return this.#inFlight.size;
  }

  /** Deliveries so far, repeated ones included. */
  get totalItems(): number {
    return this.#totalItems;
  }

  /** The next event of the source. */
  add(number: number, position: number, bucket: number): void {
    const message = new Message(++this.#lastSequence, number, position, bucket);
    this.#lastNumber = number;
    this.#waiting.add(message);
    this.#unfinished.add(message);
  }

  /** The next event of the source, which the filter leaves out. */
  passOver(number: number): void {
    this.#lastSequence++;
    this.#lastNumber = number;
  }

  /** A parked event, to be delivered again. */
  replay(parkedRevision: number, position: number, bucket: number): void {
    const message = new Message(-1, parkedRevision, position, bucket, true);
    this.#retries.add(message);
    this.#unfinishedReplays.add(message);
  }

  /** The lowest parked revision that was replayed and is not finished. */
  get lowestReplay(): number | undefined {
    const [lowest] = this.#unfinishedReplays;
    return lowest?.number;
  }

  join(consumer: Consumer): void {
    this.consumers.add(consumer);
    this.#strategy.add(consumer);
  }

  /** What it had is delivered again; whoever leaves has not refused anything, so nothing is parked. */
  leave(consumer: Consumer): void {
    if (!this.consumers.delete(consumer)) return;
    this.#strategy.remove(consumer);
    for (const delivery of [...consumer.inFlight]) this.#retry(this.#settle(delivery));
  }

  /**
   * Gives the next message to a consumer that can take it.
   * @param onlyRetries more of them are to come before what has not been delivered yet.
   */
  deliver(nowMs: number, onlyRetries = false): Delivery | undefined {
    for (const queue of onlyRetries ? [this.#retries] : [this.#retries, this.#waiting])
      for (const message of queue) {
        const consumer = this.#strategy.choose(message.bucket);
        if (consumer === 'full') return undefined;
        if (consumer === 'wait') continue;
        queue.delete(message);
        return this.#send(message, consumer, nowMs);
      }
    return undefined;
  }

  #send(message: Message, consumer: Consumer, nowMs: number): Delivery {
    const expiresAtMs = nowMs + this.settings.messageTimeoutMs;
    const delivery: Delivery = { message, consumer, sentAtMs: nowMs, expiresAtMs, id: undefined };
    this.#inFlight.add(delivery);
    consumer.inFlight.add(delivery);
    consumer.totalItems++;
    this.#totalItems++;
    this.#strategy.sent(message.bucket, consumer);
    return delivery;
  }

  /**
   * Tells by which id the delivery will be acknowledged. Of two with one id only the first is waited for, as
   * an acknowledgement could not tell them apart.
   */
  identify(delivery: Delivery, id: string): void {
    if (!this.#inFlight.has(delivery)) return;
    if (this.#byId.has(id)) this.finish(this.#settle(delivery));
    else {
      delivery.id = id;
      this.#byId.set(id, delivery);
    }
  }

  /** Unknown ids have been dealt with before: by another consumer, or by time. */
  ack(ids: readonly string[], nowMs: number): void {
    this.nack(ids, 'skip', '', nowMs);
  }

  nack(ids: readonly string[], action: NackAction, reason: string, nowMs: number): ToPark[] {
    const parked: ToPark[] = [];
    for (const id of ids) {
      const delivery = this.#byId.get(id);
      if (delivery === undefined) continue;
      delivery.consumer.timings?.record(nowMs - delivery.sentAtMs);
      const message = this.#settle(delivery);
      if (action === 'skip') this.finish(message);
      else if (action === 'retry') parked.push(...this.#retryOrPark(message));
      else parked.push({ message, reason: `Client explicitly NAK'ed message.\n${reason}` });
    }
    return parked;
  }

  /** Messages that nobody acknowledged in time have failed once more. */
  expire(nowMs: number): ToPark[] {
    const parked: ToPark[] = [];
    for (const delivery of this.#inFlight) {
      if (delivery.expiresAtMs > nowMs) break;
      parked.push(...this.#retryOrPark(this.#settle(delivery)));
    }
    return parked;
  }

  /** The message is done with for good: acknowledged, skipped, or parked. */
  finish(message: Message): void {
    (message.isReplayed ? this.#unfinishedReplays : this.#unfinished).delete(message);
  }

  /** Where a checkpoint may be: just before the lowest unfinished event, else at the last considered. */
  get progress(): Progress {
    const [lowest] = this.#unfinished;
    if (lowest === undefined) return { sequence: this.#lastSequence, number: this.#lastNumber };
    return { sequence: lowest.sequence - 1, number: lowest.number - 1 };
  }

  /** @param isTick whether time passed; else something was finished or passed over. */
  checkpointDue(nowMs: number, isTick: boolean): Progress | undefined {
    if (!this.#checkpoints.isDue(this.#lastSequence, nowMs, isTick)) return undefined;
    const { progress } = this;
    return this.#checkpoints.isDue(progress.sequence, nowMs, isTick) ? progress : undefined;
  }

  checkpointWritten({ sequence }: Progress, nowMs: number): void {
    this.#checkpoints.written(sequence, nowMs);
  }

  #settle(delivery: Delivery): Message {
    const { message, consumer, id } = delivery;
    this.#inFlight.delete(delivery);
    consumer.inFlight.delete(delivery);
    if (id !== undefined) this.#byId.delete(id);
    this.#strategy.settled(message.bucket, consumer);
    return message;
  }

  #retryOrPark(message: Message): ToPark[] {
    const { maxRetryCount } = this.settings;
    if (message.retryCount >= maxRetryCount)
      return [{ message, reason: `Reached retry count of ${maxRetryCount}` }];
    this.#retry(message);
    return [];
  }

  #retry(message: Message): void {
    message.retryCount++;
    this.#retries.add(message);
  }
}

function strategyOf({ strategy }: GroupSettings): ConsumerStrategy {
  switch (strategy) {
    case 'RoundRobin':
      return new RotatingStrategy('after-each');
    case 'DispatchToSingle':
      return new RotatingStrategy('when-full');
    case 'Pinned':
    case 'PinnedByCorrelation':
      return new PinnedStrategy();
  }
}
