import { UnreadableFileError } from './import-errors.js';
import type { MalformedRow, Row } from './row.js';

/** The rows of one invoice or cancellation of a known customer, in the order of the file. */
export interface SourceDocument {
  readonly invoice: string;
  readonly rows: readonly Row[];
  readonly malformed: readonly MalformedRow[];
}

interface OpenDocument {
  readonly invoice: string;
  readonly rows: Row[];
  readonly malformed: MalformedRow[];
  /** File time when its last row was read. */
  touchedMs: number;
}

const QUIET_MS = 5 * 60 * 1000;
const MOST_OPEN_ROWS = 200_000;

/**
 * Gathers the rows of each invoice, which need not be adjacent: one is complete when file time has passed its last
 * row by five minutes. File time is the latest time read so far, so a row out of order does not set it back, and a
 * row far ahead of all others completes nothing too early after it.
 */
export class OpenDocuments {
  // In the order they were last touched: the first is the first to become complete.
  readonly #open = new Map<string, OpenDocument>();
  #fileTimeMs = 0;
  #fileTimeLine = 0;
  #openRows = 0;

  /** Moves file time on to that of `row`; gives the documents that are complete now. */
  passTo({ atMs, line }: Row): SourceDocument[] {
    if (this.#fileTimeLine > 0 && atMs <= this.#fileTimeMs) return [];
    if (this.#fileTimeLine === 0) for (const document of this.#open.values()) document.touchedMs = atMs;
    this.#fileTimeMs = atMs;
    this.#fileTimeLine = line;
    const complete: SourceDocument[] = [];
    for (const document of this.#open.values()) {
      if (atMs - document.touchedMs < QUIET_MS) break;
      complete.push(this.#closed(document));
    }
    return complete;
  }

  /** @throws UnreadableFileError when more is open than memory should hold. */
  add(row: Row): void {
    this.#touched(row.invoice, row.line).rows.push(row);
  }

  /** A document with a row that cannot be read is not imported in part. */
  spoil(invoice: string, row: MalformedRow): void {
    this.#touched(invoice, row.line).malformed.push(row);
  }

  /** The end of the file completes them all. */
  end(): SourceDocument[] {
    return [...this.#open.values()].map((document) => this.#closed(document));
  }

  #touched(invoice: string, line: number): OpenDocument {
    if (++this.#openRows > MOST_OPEN_ROWS)
      throw new UnreadableFileError(
        line,
        `more than 200,000 rows belong to invoices that are not complete, as file time stands still at ${new Date(this.#fileTimeMs).toISOString()}, set by line ${this.#fileTimeLine}`,
      );
    const document = this.#open.get(invoice) ?? { invoice, rows: [], malformed: [], touchedMs: 0 };
    document.touchedMs = this.#fileTimeMs;
    this.#open.delete(invoice);
    this.#open.set(invoice, document);
    return document;
  }

  #closed(document: OpenDocument): SourceDocument {
    this.#open.delete(document.invoice);
    this.#openRows -= document.rows.length + document.malformed.length;
    return document;
  }
}
