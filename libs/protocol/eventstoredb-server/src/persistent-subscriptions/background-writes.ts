import { LogUnavailableError } from '../storage/index.js';

/** Writes that nobody waits for while they are under way. */
export class BackgroundWrites {
  readonly #pending = new Set<Promise<void>>();

  /** @param afterEach is called after each that succeeded. */
  constructor(
    private readonly afterEach: () => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** @param onRefused the disk does not take anything at the moment: nothing was written. */
  start(write: Promise<void>, onDone: () => void, onRefused: () => void): void {
    const settled: Promise<void> = write
      .then(
        () => {
          onDone();
          this.afterEach();
        },
        (error: unknown) => {
          if (!(error instanceof LogUnavailableError)) this.onError(error);
          onRefused();
        },
      )
      .finally(() => this.#pending.delete(settled));
    this.#pending.add(settled);
  }

  /** Resolves when all that was started has ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#pending);
  }
}
