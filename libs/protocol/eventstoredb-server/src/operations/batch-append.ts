import type { GrpcCall } from '../grpc/index.js';
import type { NodeContext } from '../node-context.js';
import type { AppendOutcome, NewEvent } from '../streams/stream-writer.js';
import {
  type BatchAppendReq,
  type BatchAppendSuccess,
  decodeBatchAppendReq,
  type ExpectedRevision,
  encodeBatchAppendSuccesses,
  type ProposedMessage,
} from '../wire/index.js';
import {
  appendSizeFailure,
  type BatchAppendFailure,
  deletedFailure,
  encodeFailure,
  eventSizeFailure,
  failureOf,
  TIMEOUT_FAILURE,
  wrongVersionFailure,
} from './batch-append-answer.js';
import { invalidArgument } from './errors.js';
import { AppendSize, checkStreamName, newEventOf } from './new-event.js';

/** Longest time from the options to the final chunk (EventStoreDB: WriteTimeoutMs). */
const WRITE_TIMEOUT_MS = 2_000;
/** While the disk is that far behind, no more is read from clients. */
const MAX_PENDING_BYTES = 32 * 1024 * 1024;
/** What the appends of one call may take in memory before their final chunks have come. */
const MAX_OPEN_BYTES = 128 * 1024 * 1024;

/** What batch appends need of a node. */
export interface AppendingNode {
  readonly limits: NodeContext['limits'];
  readonly log: Pick<NodeContext['log'], 'pendingBytes' | 'whenDurable'>;
  readonly writer: Pick<NodeContext['writer'], 'decide'>;
}

/** `Streams.BatchAppend`: many appends interleave on one call, each known by its correlation id. */
export async function batchAppend(call: GrpcCall, node: AppendingNode): Promise<void> {
  await new BatchAppendSession(call, node).run();
}

/** One append whose final chunk has not come. */
interface OpenAppend {
  readonly correlationId: string;
  readonly stream: string;
  readonly expected: ExpectedRevision | undefined;
  readonly events: NewEvent[];
  readonly size: AppendSize;
  timer: NodeJS.Timeout | undefined;
}

/** Appends that are decided, and answered together once the disk has what they rest on. */
interface WaitingGroup {
  readonly durable: Promise<void>;
  readonly decided: DecidedAppend[];
}

interface DecidedAppend {
  readonly open: OpenAppend;
  readonly outcome: AppendOutcome;
}

class BatchAppendSession {
  readonly #open = new Map<string, OpenAppend>();
  #openBytes = 0;
  /** The group that came last. */
  #waiting: WaitingGroup | undefined;
  /** Groups without an answer, and how to go on when the last has one. */
  #unanswered = 0;
  #hasRoom = true;
  #whenAnswered: (() => void) | undefined;
  #failed: ((error: unknown) => void) | undefined;

  constructor(
    private readonly call: GrpcCall,
    private readonly node: AppendingNode,
  ) {}

  async run(): Promise<void> {
    const bug = new Promise<never>((_, reject) => {
      this.#failed = reject;
    });
    try {
      await Promise.race([bug, this.#serve()]);
    } finally {
      for (const { timer } of this.#open.values()) clearTimeout(timer);
      this.#open.clear();
    }
  }

  async #serve(): Promise<void> {
    await this.call.receive((message) => {
      this.#take(decodeBatchAppendReq(message));
      if (!this.#hasRoom) return this.#untilAnswersAreRead();
      return this.node.log.pendingBytes > MAX_PENDING_BYTES ? this.#untilDiskCaughtUp() : undefined;
    });
    if (this.#unanswered > 0)
      await new Promise<void>((resolve) => {
        this.#whenAnswered = resolve;
      });
  }

  /** A client that does not read its answers is not read from either. */
  async #untilAnswersAreRead(): Promise<void> {
    await this.call.drained();
    this.#hasRoom = true;
  }

  async #untilDiskCaughtUp(): Promise<void> {
    try {
      await this.node.log.whenDurable();
    } catch {
      // Told to whom it concerns: each append of the group has its own answer.
    }
  }

  #take({ correlationId, options, messages, isFinal }: BatchAppendReq): void {
    if (correlationId === undefined)
      throw invalidArgument('The correlation id is missing, or is not a UUID.');
    let open = this.#open.size === 0 ? undefined : this.#open.get(correlationId);
    if (open === undefined) {
      // The rest of an append that was refused already, or never announced.
      if (options === undefined) return;
      open = {
        correlationId,
        stream: options.stream ?? '',
        expected: options.expected,
        events: [],
        size: new AppendSize(this.node.limits),
        timer: undefined,
      };
      const timeoutMs = Math.min((options.deadlineAt ?? Infinity) - Date.now(), WRITE_TIMEOUT_MS);
      if (timeoutMs <= 0) {
        this.#fail(open, TIMEOUT_FAILURE);
        return;
      }
      if (!isFinal) this.#keepOpen(open, timeoutMs);
    }
    const before = open.size.memoryBytes;
    const refused = this.#addEvents(open, messages);
    if (open.timer !== undefined) this.#openBytes += open.size.memoryBytes - before;
    if (refused !== undefined) this.#fail(open, refused);
    else if (isFinal) this.#write(open);
  }

  #keepOpen(open: OpenAppend, timeoutMs: number): void {
    open.timer = setTimeout(() => this.#fail(open, TIMEOUT_FAILURE), timeoutMs);
    this.#open.set(open.correlationId, open);
  }

  #addEvents(open: OpenAppend, messages: readonly ProposedMessage[]): BatchAppendFailure | undefined {
    try {
      for (const message of messages) {
        const event = newEventOf(message);
        const exceeded = open.size.add(event);
        if (exceeded === 'append') return appendSizeFailure(this.node.limits.maxAppendBytes);
        if (exceeded === 'event') return eventSizeFailure();
        open.events.push(event);
      }
      if (this.#openBytes > MAX_OPEN_BYTES)
        throw invalidArgument('Too many appends of this call are not whole.');
      return undefined;
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined) throw error;
      return failure;
    }
  }

  #write(open: OpenAppend): void {
    this.#forget(open);
    const decided = this.#decided(open);
    if (decided === undefined) return;
    const durable = this.node.log.whenDurable();
    if (durable === undefined) this.#tell([decided]);
    else if (this.#waiting?.durable === durable) this.#waiting.decided.push(decided);
    else this.#tellWhen({ durable, decided: [decided] });
  }

  /** Undefined for what was refused, and answered. */
  #decided(open: OpenAppend): DecidedAppend | undefined {
    const { stream, expected, events } = open;
    try {
      checkStreamName(stream);
      if (expected === undefined) throw invalidArgument('The expected revision is missing.');
      return { open, outcome: this.node.writer.decide(stream, expected, events) };
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined) throw error;
      this.#fail(open, failure);
      return undefined;
    }
  }

  /** One promise for all that one write to the disk makes durable. */
  #tellWhen(group: WaitingGroup): void {
    this.#waiting = group;
    this.#unanswered++;
    group.durable
      .then(
        () => this.#tell(group.decided),
        (error: unknown) => this.#failAll(group.decided, error),
      )
      .catch((error: unknown) => this.#failed?.(error))
      .finally(() => {
        this.#unanswered--;
        if (this.#unanswered === 0) this.#whenAnswered?.();
      });
  }

  #tell(decided: readonly DecidedAppend[]): void {
    const successes: BatchAppendSuccess[] = [];
    for (const { open, outcome } of decided)
      if (outcome.kind === 'stored') {
        const { revision, position } = outcome;
        successes.push({ correlationId: open.correlationId, stream: open.stream, revision, position });
      } else if (outcome.kind === 'deleted') this.#fail(open, deletedFailure(open.stream));
      else this.#fail(open, wrongVersionFailure(outcome.lastRevision, open.expected as ExpectedRevision));
    if (successes.length > 0) this.#hasRoom = this.call.writeFrames(encodeBatchAppendSuccesses(successes));
  }

  #failAll(decided: readonly DecidedAppend[], error: unknown): void {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    for (const { open } of decided) this.#fail(open, failure);
  }

  #fail(open: OpenAppend, failure: BatchAppendFailure): void {
    this.#forget(open);
    this.#send(encodeFailure(open.correlationId, open.stream, failure));
  }

  #send(answer: Uint8Array): void {
    this.#hasRoom = this.call.write(answer);
  }

  #forget(open: OpenAppend): void {
    if (open.timer === undefined) return; // it came whole, and was never kept
    clearTimeout(open.timer);
    open.timer = undefined;
    this.#open.delete(open.correlationId);
    this.#openBytes -= open.size.memoryBytes;
  }
}
