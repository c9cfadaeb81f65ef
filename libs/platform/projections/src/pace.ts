import { performance } from 'node:perf_hooks';

/** Up to this share of its time this thread counts as free; from the other on as saturated. */
const FREE = 0.75;
const SATURATED = 0.9;
/** Rest after a commit while the thread is saturated: a reader that does not wait sees its event this much later. */
const LONGEST_REST_MS = 150;

/**
 * How long a lane at the end of the log lets events gather before it takes them. A commit costs nearly the same for
 * one event as for a hundred, so a thread that has no time left makes fewer and larger ones; one that has, none wait.
 */
export class Pace {
  private restsUntil = 0;
  /** The last commit found the thread short of time. */
  isPressed = false;

  /**
   * @param busyShare share of its time, 0 to 1, that this thread was busy since the last call.
   * @param now milliseconds, rising.
   */
  constructor(
    private readonly busyShare: () => number = busyShareOfThread(),
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** A commit is through: the next one may have to wait. */
  committed(): void {
    const pressure = Math.min(1, (this.busyShare() - FREE) / (SATURATED - FREE));
    this.isPressed = pressure > 0;
    this.restsUntil = this.isPressed ? this.now() + LONGEST_REST_MS * pressure : 0;
  }

  /** What is left of the rest, in milliseconds. */
  get restMs(): number {
    return Math.max(0, this.restsUntil - this.now());
  }
}

function busyShareOfThread(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const current = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(current, last);
    last = current;
    return utilization;
  };
}
