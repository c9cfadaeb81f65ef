export interface Measurement {
  readonly key: string;
  /** Milliseconds. */
  readonly value: number;
}

const WINDOW = 1_000;
const PERCENTILES = [90, 95, 99, 99.5, 99.9];

/** How long the newest 1,000 events were with a consumer (EventStoreDB: RequestStatistics). */
export class TimingStatistics {
  readonly #newestMs: number[] = [];
  #next = 0;

  record(durationMs: number): void {
    this.#newestMs[this.#next] = durationMs;
    this.#next = (this.#next + 1) % WINDOW;
  }

  /** Whole milliseconds under EventStoreDB's names; empty before the first event. */
  measurements(): Measurement[] {
    const sorted = this.#newestMs.map(Math.floor).sort((a, b) => a - b);
    if (sorted.length === 0) return [];
    const at = (fraction: number) =>
      sorted[Math.min(Math.floor(fraction * sorted.length), sorted.length - 1)];
    const sum = sorted.reduce((total, each) => total + each, 0);
    const values: [key: string, value: number | undefined][] = [
      ['Mean', Math.floor(sum / sorted.length)],
      ['Median', at(0.5)],
      ['Fastest', at(0)],
      ...[0, 1, 2, 3, 4].map((fifth): [string, number | undefined] => [
        `Quintile ${fifth + 1}`,
        at(fifth / 5),
      ]),
      ...PERCENTILES.map((percent): [string, number | undefined] => [`${percent}%`, at(percent / 100)]),
      ['Highest', at(1)],
    ];
    return values.map(([key, value]) => ({ key, value: value as number }));
  }
}
