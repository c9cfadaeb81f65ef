/** How many commands are worked on at once, and how many may wait for their turn, in order of arrival. */
export class Admission {
  private working = 0;
  private readonly waiting: Waiting[] = [];

  constructor(
    private readonly inFlight: number,
    private readonly queue: number,
  ) {}

  /** Neither a slot nor a place in the queue is free. */
  get isFull(): boolean {
    return this.working >= this.inFlight && this.waiting.length >= this.queue;
  }

  get inFlightNow(): number {
    return this.working;
  }

  get waitingNow(): number {
    return this.waiting.length;
  }

  /** Calls `start` now or when a slot is free; who started must `leave` once. */
  enter(start: () => void, isGone: () => boolean): void {
    if (this.working < this.inFlight) {
      this.working++;
      start();
    } else this.waiting.push({ start, isGone });
  }

  /** Gives the slot to the next that still wants it. */
  leave(): void {
    let next = this.waiting.shift();
    while (next?.isGone()) next = this.waiting.shift();
    if (next) next.start();
    else this.working--;
  }
}

interface Waiting {
  readonly start: () => void;
  readonly isGone: () => boolean;
}
