import { median } from '../measure.js';

/** Figures of several sides, measured in turn, so that what else the machine does falls on all. */
export class Rounds<Side extends string> {
  readonly #values = new Map<Side, number[]>();

  static async of<Side extends string>(
    count: number,
    sides: Readonly<Record<Side, () => Promise<number>>>,
    log: (line: string) => void,
  ): Promise<Rounds<Side>> {
    const rounds = new Rounds<Side>();
    for (let round = 0; round < count; round++)
      for (const side of Object.keys(sides) as Side[]) {
        const value = await sides[side]();
        log(`${side}: ${value >= 100 ? value.toFixed(0) : value.toFixed(3)}`);
        rounds.#values.set(side, [...rounds.of(side), value]);
      }
    return rounds;
  }

  of(side: Side): readonly number[] {
    return this.#values.get(side) ?? [];
  }

  median(side: Side): number {
    return median(this.of(side));
  }

  /** Median of the rounds' own ratios. */
  ratio(above: Side, below: Side): number {
    return median(this.of(above).map((value, round) => value / (this.of(below)[round] as number)));
  }
}
