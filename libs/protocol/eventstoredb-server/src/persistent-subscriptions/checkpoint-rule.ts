export interface CheckpointSettings {
  readonly checkpointAfterMs: number;
  readonly minCheckpointCount: number;
  readonly maxCheckpointCount: number;
}

/** When a group's progress is worth a write (EventStoreDB: PersistentSubscription.TryMarkCheckpoint). */
export class CheckpointRule {
  #lastSequence: number;
  #lastMs = -Infinity;

  /** @param startSequence up to where nothing has to be written. */
  constructor(
    private readonly settings: CheckpointSettings,
    startSequence: number,
  ) {
    this.#lastSequence = startSequence;
  }

  /** @param isTick a check made because time passed: for others the progress has to be large. */
  isDue(sequence: number, nowMs: number, isTick: boolean): boolean {
    const { checkpointAfterMs, minCheckpointCount, maxCheckpointCount } = this.settings;
    const progress = sequence - this.#lastSequence;
    if (progress <= 0) return false;
    if (progress >= maxCheckpointCount) return true;
    const isTime = checkpointAfterMs > 0 && nowMs - this.#lastMs >= checkpointAfterMs;
    return isTick && isTime && progress >= minCheckpointCount;
  }

  written(sequence: number, nowMs: number): void {
    this.#lastSequence = sequence;
    this.#lastMs = nowMs;
  }
}
