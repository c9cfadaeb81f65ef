import { randomUUID } from 'node:crypto';
import { type GrpcCall, GrpcError, GrpcStatus } from '../grpc/index.js';
import type { NodeContext } from '../node-context.js';
import type { Extent } from '../storage/index.js';
import { Wakeup } from '../streams/commit-signals.js';
import { encodeCaughtUpFrame, encodeConfirmationFrame } from '../wire/index.js';
import { CheckpointSchedule } from './checkpoint-schedule.js';
import type { FilterOptions } from './event-filter.js';
import { EventSender } from './event-sender.js';
import { FilteredSearch } from './filtered-search.js';
import type { ReadRequest } from './read-request.js';

type AllSubscription = Extract<ReadRequest, { kind: 'subscribe-to-all' }>;

const EXTENTS_PER_TURN = 8;

/** Sends the events of `$all` after a position, then each new one, until the call ends. */
export async function subscribeToAll(
  call: GrpcCall,
  node: NodeContext,
  request: AllSubscription,
): Promise<void> {
  if (request.filter?.checkpointIntervalMultiplier === 0)
    throw new GrpcError(GrpcStatus.UNKNOWN, 'The checkpoint interval multiplier must be greater than 0.');
  const wakeup = new Wakeup();
  const stop = node.signals.followAll(wakeup);
  const onAbort = () => wakeup.wake();
  call.signal.addEventListener('abort', onAbort);
  try {
    const follower = new AllFollower(call, node, request);
    await follower.catchUp();
    while (!call.signal.aborted) {
      await wakeup.wait();
      await follower.goOn();
    }
  } finally {
    stop();
    call.signal.removeEventListener('abort', onAbort);
  }
}

/** One cursor for what is stored and for what comes: nothing is buffered, so nothing is lost to a slow reader. */
class AllFollower {
  readonly #sender: EventSender;
  readonly #checkpoints: CheckpointSchedule | undefined;
  #next: number;
  #extentsRead = 0;

  constructor(
    private readonly call: GrpcCall,
    private readonly node: NodeContext,
    private readonly request: AllSubscription,
  ) {
    this.#sender = new EventSender(call, node, request);
    const { from, filter } = request;
    const end = node.log.endPosition;
    this.#next = from === 'end' ? end : from === 'start' ? 0 : Number(from) + 1;
    if (filter !== undefined)
      this.#checkpoints = new CheckpointSchedule(filter.windowEvents * filter.checkpointIntervalMultiplier);
    call.writeFrames(encodeConfirmationFrame(randomUUID()));
  }

  async catchUp(): Promise<void> {
    const { filter } = this.request;
    if (filter !== undefined && this.#checkpoints !== undefined)
      await this.#search(filter, this.#checkpoints);
    else await this.goOn();
    await this.#send(this.#checkpoints?.caughtUp());
    await this.#send(encodeCaughtUpFrame());
    await this.goOn();
  }

  async #search({ filter, windowEvents }: FilterOptions, checkpoints: CheckpointSchedule): Promise<void> {
    const { log } = this.node;
    const search = new FilteredSearch(this.#sender, this.node, filter, checkpoints);
    while (this.#next < log.endPosition) {
      const pageStart = this.#next;
      this.#next = Math.min(log.endPosition, pageStart + windowEvents);
      await search.sendMatches(pageStart, this.#next);
      const checkpoint = checkpoints.pageDone(this.#next - pageStart, pageStart);
      if (checkpoint !== undefined) await this.#send(checkpoint);
    }
  }

  /** Sends what was committed since. */
  async goOn(): Promise<void> {
    const { log } = this.node;
    while (this.#next < log.endPosition && !this.call.signal.aborted) {
      const found = log.extentAt(this.#next);
      const extent = found instanceof Promise ? await found : found;
      const stop = extent.endPosition;
      if (this.#sendsWhole(stop)) {
        const from = this.#next;
        this.#next = stop;
        const room = this.#sender.sendFrames(extent.slice(from, stop));
        if (room !== undefined) await room;
      } else await this.#passOneByOne(extent, stop);
      // What lets little through would otherwise keep all other calls waiting.
      if (++this.#extentsRead % EXTENTS_PER_TURN === 0) await this.#sender.letOthersWork();
    }
  }

  #sendsWhole(stop: number): boolean {
    return (
      this.#sender.sendsAsStored &&
      this.request.filter === undefined &&
      !this.node.index.hidesAny(this.#next, stop)
    );
  }

  /** Checkpoints count every event, sent or not. */
  async #passOneByOne(extent: Extent, stop: number): Promise<void> {
    const filter = this.request.filter?.filter;
    for (; this.#next < stop; this.#next++) {
      const position = this.#next;
      const isSent =
        filter?.matches(extent.bytes, extent.startOf(position)) !== false &&
        !this.node.index.hidesAny(position, position + 1);
      if (isSent) {
        this.#checkpoints?.sent(position);
        const room = this.#sender.sendEvent(extent.frame(position));
        if (room !== undefined) await room;
      }
      const checkpoint = this.#checkpoints?.passed(position);
      if (checkpoint !== undefined) await this.#send(checkpoint);
    }
  }

  async #send(frame: Buffer | undefined): Promise<void> {
    if (frame !== undefined) await this.#sender.sendFrames(frame);
  }
}
