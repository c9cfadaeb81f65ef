import type { BackgroundWrites } from './background-writes.js';
import type { CheckpointStore } from './checkpoint-store.js';
import type { ConsumerGroup } from './consumer-group.js';

/** Stores a group's progress, one write at a time. */
export class Checkpointer {
  #isWriting = false;

  constructor(
    private readonly group: ConsumerGroup,
    private readonly store: CheckpointStore,
    private readonly notationOf: (number: number) => string,
    private readonly writes: BackgroundWrites,
    /** The newest that is stored. */
    public last: string | undefined,
  ) {}

  /** Writes one if it is due. A refused one is tried again at the next occasion. */
  check(nowMs: number, isTick: boolean): void {
    if (this.#isWriting) return;
    const progress = this.group.checkpointDue(nowMs, isTick);
    if (progress === undefined) return;
    const checkpoint = this.notationOf(progress.number);
    this.#isWriting = true;
    this.writes.start(
      this.store.write(checkpoint),
      () => {
        this.#isWriting = false;
        this.last = checkpoint;
        this.group.checkpointWritten(progress, nowMs);
      },
      () => {
        this.#isWriting = false;
      },
    );
  }
}
