/** Growing pauses between attempts, each between half and the whole of its length, so that many do not come at once. */
export class Backoff {
  private attempts = 0;

  constructor(
    private readonly firstMs: number,
    private readonly longestMs: number,
    private readonly random: () => number = Math.random,
  ) {}

  nextMs(): number {
    const longMs = Math.min(this.longestMs, this.firstMs * 2 ** this.attempts);
    this.attempts = Math.min(this.attempts + 1, 20);
    return longMs * (0.5 + this.random() / 2);
  }

  reset(): void {
    this.attempts = 0;
  }
}
