import type { Extent } from './extent.js';
import type { ExtentCache } from './extent-cache.js';

/** Small enough to be held for each of many scans, large enough that reading costs little. */
const RUN_BYTES = 256 * 1024;

/**
 * The events of the log in order, for who looks at many and keeps few: they pass through two buffers, one read
 * while the other is looked at, and push nothing out of the cache.
 */
export class LogScan {
  /** Made when there is something to read: most subscriptions find all they look for in memory. */
  #memory: Buffer | undefined;
  #otherMemory: Buffer | undefined;
  #ahead: { readonly position: number; readonly run: Promise<Extent> } | undefined;

  constructor(private readonly extents: ExtentCache) {}

  /**
   * Some events around a durable position, and those behind it. They are overwritten after the next call.
   * @throws LogDamagedError
   */
  async runAt(position: number): Promise<Extent> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead !== undefined && ahead.position !== position) await ahead.run.catch(() => undefined);
    const run =
      ahead?.position === position
        ? await ahead.run
        : (this.extents.inMemory(position) ?? (await this.#read(position)));
    this.#readAhead(run.endPosition);
    return run;
  }

  #readAhead(position: number): void {
    if (this.extents.inMemory(position) !== undefined) return;
    const run = this.#read(position);
    run.catch(() => undefined); // told to who asks for it
    this.#ahead = { position, run };
  }

  #read(position: number): Promise<Extent> {
    const memory = this.#otherMemory ?? Buffer.allocUnsafeSlow(RUN_BYTES);
    this.#otherMemory = this.#memory;
    this.#memory = memory;
    return this.extents.readRun(position, memory);
  }
}
