import { randomUUID } from 'node:crypto';
import type { GrpcCall } from '../grpc/index.js';
import type { NodeContext } from '../node-context.js';
import { Wakeup } from '../streams/commit-signals.js';
import { isYoungEnough } from '../streams/event-age.js';
import type { StreamState } from '../streams/stream-state.js';
import { lastDurableRevision, visibleStream } from '../streams/visible-stream.js';
import { encodeCaughtUpFrame, encodeConfirmationFrame } from '../wire/index.js';
import { streamDeleted } from './errors.js';
import { EventSender } from './event-sender.js';
import type { ReadRequest } from './read-request.js';

type StreamSubscription = Extract<ReadRequest, { kind: 'subscribe-to-stream' }>;

/** Sends a stream's events after a revision, then each new one, until the call or the stream ends. */
export async function subscribeToStream(
  call: GrpcCall,
  node: NodeContext,
  request: StreamSubscription,
): Promise<void> {
  const wakeup = new Wakeup();
  const stop = node.signals.followStream(request.stream, wakeup);
  const onAbort = () => wakeup.wake();
  call.signal.addEventListener('abort', onAbort);
  try {
    const reader = new StreamFollower(call, node, request);
    await reader.catchUp();
    while (!call.signal.aborted) {
      await wakeup.wait();
      await reader.goOn();
    }
  } finally {
    stop();
    call.signal.removeEventListener('abort', onAbort);
  }
}

/** One cursor for what is stored and for what comes: nothing is buffered, so nothing is lost to a slow reader. */
class StreamFollower {
  readonly #sender: EventSender;
  #nextRevision: number;

  constructor(
    private readonly call: GrpcCall,
    private readonly node: NodeContext,
    private readonly request: StreamSubscription,
  ) {
    this.#sender = new EventSender(call, node, request);
    const visible = visibleStream(node.index, node.log, request.stream);
    if (visible.kind === 'tombstoned') throw streamDeleted(request.stream);
    const last = 'lastRevision' in visible ? visible.lastRevision : -1;
    const { from } = request;
    this.#nextRevision = from === 'end' ? last + 1 : from === 'start' ? 0 : Number(from) + 1;
    // What is hidden at this moment stays so; the first event after it is the next to come.
    if (visible.kind === 'soft-deleted') this.#nextRevision = Math.max(this.#nextRevision, last + 1);
    call.writeFrames(encodeConfirmationFrame(randomUUID()));
  }

  async catchUp(): Promise<void> {
    for (;;) {
      const visible = visibleStream(this.node.index, this.node.log, this.request.stream);
      if (visible.kind === 'readable') {
        this.#nextRevision = Math.max(this.#nextRevision, visible.firstRevision);
        if (this.#nextRevision <= visible.lastRevision) {
          await this.#sendUpTo(visible.state, visible.lastRevision, visible.maxAgeSeconds);
          continue;
        }
      }
      this.call.writeFrames(encodeCaughtUpFrame());
      return this.goOn();
    }
  }

  /** Sends what came since, whatever the limits: an event that has just been written is new to everybody. */
  async goOn(): Promise<void> {
    const { index, log } = this.node;
    const state = index.find(this.request.stream);
    if (state !== undefined) await this.#sendUpTo(state, lastDurableRevision(state, log.endPosition));
    const visible = visibleStream(index, log, this.request.stream);
    if (visible.kind !== 'tombstoned') return;
    if (visible.position !== undefined)
      await this.#sender.sendEvent((await log.extentAt(visible.position)).frame(visible.position));
    throw streamDeleted(this.request.stream);
  }

  async #sendUpTo(state: StreamState, lastRevision: number, maxAgeSeconds?: number): Promise<void> {
    const { log } = this.node;
    for (; this.#nextRevision <= lastRevision; this.#nextRevision++) {
      const position = state.positionAt(this.#nextRevision);
      const found = log.extentAt(position);
      const frame = (found instanceof Promise ? await found : found).frame(position);
      if (!isYoungEnough(frame, maxAgeSeconds)) continue;
      const room = this.#sender.sendEvent(frame);
      if (room !== undefined) await room;
    }
  }
}
