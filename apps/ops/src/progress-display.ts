import { Presets, SingleBar } from 'cli-progress';

const LINE_EVERY_MS = 5_000;
const CLEAR_LINE = '\r\u001b[2K';

/** How the progress of one kind of work is shown. */
export interface Measure<Progress> {
  /** What is done and what there is to do, in the same unit. */
  extent(progress: Progress): { readonly done: number; readonly total: number };
  told(progress: Progress, elapsedMs: number): string;
}

export interface ProgressDisplay<Progress> {
  show(progress: Progress): void;
  /** A line for a person, which the bar makes room for. */
  note(line: string): void;
  end(): void;
}

/** A bar on a terminal, else a plain line every five seconds; both with the rate and the time left. */
export function progressDisplay<Progress>(
  stream: NodeJS.WriteStream,
  note: (line: string) => void,
  measure: Measure<Progress>,
  now: () => number = () => performance.now(),
): ProgressDisplay<Progress> {
  return stream.isTTY ? new Bar(stream, measure, now) : new Lines(note, measure, now);
}

class Bar<Progress> implements ProgressDisplay<Progress> {
  readonly #bar: SingleBar;
  #startedAt: number | undefined;

  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly measure: Measure<Progress>,
    private readonly now: () => number,
  ) {
    this.#bar = new SingleBar(
      { format: ' {bar} {percentage} % | {told}', stream, hideCursor: true, clearOnComplete: true },
      Presets.shades_classic,
    );
  }

  show(progress: Progress): void {
    const { done, total } = this.measure.extent(progress);
    if (this.#startedAt === undefined) {
      this.#startedAt = this.now();
      this.#bar.start(total, 0, { told: '' });
    }
    this.#bar.setTotal(total);
    this.#bar.update(done, { told: this.measure.told(progress, this.now() - this.#startedAt) });
  }

  note(line: string): void {
    this.stream.write(`${CLEAR_LINE}${line}\n`);
  }

  end(): void {
    if (this.#startedAt !== undefined) this.#bar.stop();
  }
}

class Lines<Progress> implements ProgressDisplay<Progress> {
  #startedAt: number | undefined;
  #toldAt = 0;

  constructor(
    readonly note: (line: string) => void,
    private readonly measure: Measure<Progress>,
    private readonly now: () => number,
  ) {}

  show(progress: Progress): void {
    const at = this.now();
    this.#startedAt ??= at;
    if (at - this.#toldAt < LINE_EVERY_MS && this.#toldAt > 0) return;
    this.#toldAt = at;
    const { done, total } = this.measure.extent(progress);
    const percent = Math.floor((100 * done) / Math.max(1, total));
    this.note(`${percent} %, ${this.measure.told(progress, at - this.#startedAt)}`);
  }

  end(): void {
    // each line stands for itself
  }
}

/** Time left, as long as what is done so far took in proportion; nothing in the first second. */
export function timeLeft(done: number, total: number, elapsedMs: number): string | undefined {
  if (elapsedMs < 1_000 || done === 0) return undefined;
  return `${duration((elapsedMs * (total - done)) / done / 1_000)} left`;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
