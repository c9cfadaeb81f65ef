import { Presets, SingleBar } from 'cli-progress';
import type { ImportProgress } from './import-online-retail.js';

const LINE_EVERY_MS = 5_000;
const CLEAR_LINE = '\r\u001b[2K';

export interface ProgressDisplay {
  show(progress: ImportProgress): void;
  /** A line for a person, which the bar makes room for. */
  note(line: string): void;
  end(): void;
}

/** A bar on a terminal, else a plain line every five seconds; both with the rate and the time left. */
export function progressDisplay(
  stream: NodeJS.WriteStream,
  note: (line: string) => void,
  now: () => number = () => performance.now(),
): ProgressDisplay {
  return stream.isTTY ? new Bar(stream, now) : new Lines(note, now);
}

class Bar implements ProgressDisplay {
  readonly #bar: SingleBar;
  #startedAt: number | undefined;

  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly now: () => number,
  ) {
    this.#bar = new SingleBar(
      { format: ' {bar} {percentage} % | {told}', stream, hideCursor: true, clearOnComplete: true },
      Presets.shades_classic,
    );
  }

  show(progress: ImportProgress): void {
    if (this.#startedAt === undefined) {
      this.#startedAt = this.now();
      this.#bar.start(progress.sizeBytes, 0, { told: '' });
    }
    this.#bar.update(progress.bytesRead, { told: told(progress, this.now() - this.#startedAt) });
  }

  note(line: string): void {
    this.stream.write(`${CLEAR_LINE}${line}\n`);
  }

  end(): void {
    if (this.#startedAt !== undefined) this.#bar.stop();
  }
}

class Lines implements ProgressDisplay {
  #startedAt: number | undefined;
  #toldAt = 0;

  constructor(
    readonly note: (line: string) => void,
    private readonly now: () => number,
  ) {}

  show(progress: ImportProgress): void {
    const at = this.now();
    this.#startedAt ??= at;
    if (at - this.#toldAt < LINE_EVERY_MS && this.#toldAt > 0) return;
    this.#toldAt = at;
    const percent = Math.floor((100 * progress.bytesRead) / Math.max(1, progress.sizeBytes));
    this.note(`${percent} %, ${told(progress, at - this.#startedAt)}`);
  }

  end(): void {
    // each line stands for itself
  }
}

/** Time left is estimated by the bytes of the file: those read so far took as long as the rest will. */
export function told({ documents, rows, bytesRead, sizeBytes }: ImportProgress, elapsedMs: number): string {
  const seconds = elapsedMs / 1000;
  const counts = `${count(documents)} invoices, ${count(rows)} rows`;
  if (seconds < 1 || bytesRead === 0) return counts;
  const leftSeconds = (seconds * (sizeBytes - bytesRead)) / bytesRead;
  return `${counts}, ${count(rows / seconds)} rows/s, ${duration(leftSeconds)} left`;
}

const count = (n: number): string => Math.round(n).toLocaleString('en');

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
