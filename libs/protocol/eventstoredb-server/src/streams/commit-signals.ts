/** Lets one reader sleep until there may be something new. A wake while it is busy is not lost. */
export class Wakeup {
  #isDue = false;
  #resolve: (() => void) | undefined;

  wake(): void {
    this.#isDue = true;
    this.#resolve?.();
  }

  async wait(): Promise<void> {
    if (!this.#isDue)
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
      });
    this.#resolve = undefined;
    this.#isDue = false;
  }
}

/** Wakes readers of `$all` at each commit, and readers of a stream when it got an event. */
export class CommitSignals {
  readonly #ofAll = new Set<Wakeup>();
  readonly #ofStream = new Map<string, Set<Wakeup>>();

  /** Returns how to stop. */
  followAll(wakeup: Wakeup): () => void {
    this.#ofAll.add(wakeup);
    return () => this.#ofAll.delete(wakeup);
  }

  /** Returns how to stop. */
  followStream(stream: string, wakeup: Wakeup): () => void {
    const followers = this.#ofStream.get(stream) ?? new Set();
    this.#ofStream.set(stream, followers.add(wakeup));
    return () => {
      followers.delete(wakeup);
      if (followers.size === 0) this.#ofStream.delete(stream);
    };
  }

  committed(): void {
    for (const wakeup of this.#ofAll) wakeup.wake();
  }

  committedTo(stream: string): void {
    if (this.#ofStream.size === 0) return;
    for (const wakeup of this.#ofStream.get(stream) ?? []) wakeup.wake();
  }
}
