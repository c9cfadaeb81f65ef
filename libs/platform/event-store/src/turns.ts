/** Lets those who name the same key go one after the other, in the order in which they came. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.last.get(key);
    const mine = before === undefined ? work() : before.then(work);
    const done = mine
      .catch(() => undefined) // the caller of `run` gets the error; the next in line only waits
      .finally(() => {
        if (this.last.get(key) === done) this.last.delete(key);
      });
    this.last.set(key, done);
    return mine;
  }

  /** How many keys are busy. */
  get size(): number {
    return this.last.size;
  }
}
