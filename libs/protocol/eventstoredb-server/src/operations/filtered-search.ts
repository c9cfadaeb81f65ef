import type { NodeContext } from '../node-context.js';
import type { Extent, LogScan } from '../storage/index.js';
import type { CheckpointSchedule } from './checkpoint-schedule.js';
import type { EventFilter } from './event-filter.js';
import type { EventSender } from './event-sender.js';

/** Searches what is stored for events that a filter lets through, and sends them. */
export class FilteredSearch {
  readonly #scan: LogScan;
  #run: Extent | undefined;

  constructor(
    private readonly sender: EventSender,
    private readonly node: NodeContext,
    private readonly filter: EventFilter,
    private readonly checkpoints: CheckpointSchedule,
  ) {
    this.#scan = node.log.scan();
  }

  /** Looks at the events from one durable position to before another. */
  async sendMatches(from: number, to: number): Promise<void> {
    for (let position = from; position < to; ) {
      const run = this.#holds(position) ?? (await this.#runAt(position));
      const stop = Math.min(run.endPosition, to);
      await this.#sendMatchesOf(run, position, stop);
      position = stop;
    }
  }

  #holds(position: number): Extent | undefined {
    const run = this.#run;
    return run !== undefined && position >= run.firstPosition && position < run.endPosition ? run : undefined;
  }

  async #runAt(position: number): Promise<Extent> {
    await this.sender.letOthersWork();
    this.#run = await this.#scan.runAt(position);
    return this.#run;
  }

  async #sendMatchesOf(run: Extent, from: number, to: number): Promise<void> {
    for (let position = from; ; ) {
      const first = this.filter.next(run, position, to, true);
      if (first === to) return;
      position = this.filter.next(run, first + 1, to, false);
      await this.#send(run, first, position);
    }
  }

  /** Events that follow each other go out in one piece, unless something has to be done to one of them. */
  async #send(run: Extent, from: number, to: number): Promise<void> {
    if (this.sender.sendsAsStored && !this.node.index.hidesAny(from, to)) {
      this.checkpoints.sent(to - 1);
      await this.sender.sendFrames(Buffer.from(run.slice(from, to)));
    } else
      for (let position = from; position < to; position++) {
        if (this.node.index.hidesAny(position, position + 1)) continue;
        this.checkpoints.sent(position);
        await this.sender.sendEvent(Buffer.from(run.frame(position)));
      }
  }
}
