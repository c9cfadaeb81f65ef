/** Runs work with a bound on how much is under way at once; the first failure stops what has not begun. */
export class InFlight {
  #running = 0;
  #failure: { readonly error: unknown } | undefined;
  #onEnd: (() => void) | undefined;

  constructor(private readonly limit: number) {}

  /** Resolves once the work has begun; one caller at a time. @throws what failed before. */
  async begin(work: () => Promise<void>): Promise<void> {
    while (this.#running >= this.limit && !this.#failure) await this.#nextEnd();
    this.#throwFailure();
    this.#running++;
    void this.#run(work);
  }

  /** Resolves once nothing is under way. @throws what failed. */
  async settled(): Promise<void> {
    while (this.#running > 0) await this.#nextEnd();
    this.#throwFailure();
  }

  async #run(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#running--;
    this.#onEnd?.();
  }

  #nextEnd(): Promise<void> {
    return new Promise((resolve) => {
      this.#onEnd = resolve;
    });
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
