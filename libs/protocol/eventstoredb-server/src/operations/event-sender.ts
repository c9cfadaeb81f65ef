import { setImmediate as nextTurn } from 'node:timers/promises';
import { streams } from '../generated-codecs.js';
import { type GrpcCall, PREFIX_BYTES, prefixed } from '../grpc/index.js';
import type { NodeContext } from '../node-context.js';
import { isLink } from '../streams/link.js';
import { resolvedLink } from './link.js';
import { structuredUuid } from './structured-uuid.js';

export interface SendOptions {
  readonly resolveLinks: boolean;
  readonly structuredIds: boolean;
}

/** Sends stored events as one reader asked for them, no faster than it reads. */
export class EventSender {
  constructor(
    private readonly call: GrpcCall,
    private readonly node: NodeContext,
    private readonly options: SendOptions,
  ) {}

  /** Whether frames can go out as they are stored, many at once. */
  get sendsAsStored(): boolean {
    return !this.options.resolveLinks && !this.options.structuredIds;
  }

  /** Frames as stored. Resolves, or returns, when there is room for more. */
  sendFrames(frames: Buffer): Promise<void> | undefined {
    return this.call.writeFrames(frames) ? undefined : this.call.drained();
  }

  /** One event, with its link followed where that was asked for. */
  sendEvent(frame: Buffer): Promise<void> | undefined {
    if (this.options.resolveLinks && isLink(frame)) return this.#sendResolved(frame);
    return this.sendFrames(this.options.structuredIds ? withStructuredIds(frame) : frame);
  }

  /** For long searches that send little. @throws what ended the call, where nothing sent would have told it. */
  async letOthersWork(): Promise<void> {
    await nextTurn();
    this.call.signal.throwIfAborted();
  }

  async #sendResolved(frame: Buffer): Promise<void> {
    const resolved = await resolvedLink(frame, this.node);
    await this.sendFrames(this.options.structuredIds ? withStructuredIds(resolved) : resolved);
  }
}

/** A frame with ids as two 64-bit halves: asked for by other clients than the one this node is made for. */
function withStructuredIds(frame: Buffer): Buffer {
  const answer = streams.ReadResp.deserializeBinary(frame.subarray(PREFIX_BYTES));
  for (const event of [answer.getEvent()?.getEvent(), answer.getEvent()?.getLink()]) {
    const id = event?.getId()?.getString();
    if (id !== undefined) event?.setId(structuredUuid(id));
  }
  return prefixed(answer.serializeBinary());
}
