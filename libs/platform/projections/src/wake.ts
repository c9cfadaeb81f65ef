/** Something may have changed: wakes the one who waits. A wake that nobody waited for is kept. */
export class Wake {
  private isDue = false;
  private resume: (() => void) | undefined;

  wake = (): void => {
    this.isDue = true;
    this.resume?.();
  };

  /** @param atMostMs wakes by itself after that. */
  async next(atMostMs?: number): Promise<void> {
    if (!this.isDue) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.resume = resolve;
        if (atMostMs !== undefined) timer = setTimeout(resolve, atMostMs);
      });
      clearTimeout(timer);
      this.resume = undefined;
    }
    this.isDue = false;
  }
}
