import { DomainError } from '#libs/platform/kernel';
import { issueCreditNote, placeOrder, type Send } from './commands.js';
import { csvRecords } from './csv-records.js';
import { OpenDocuments, type SourceDocument } from './documents.js';
import { FirstAppearances } from './first-appearances.js';
import { InterruptedError, WrongFileError } from './import-errors.js';
import type { ImportTarget } from './import-target.js';
import { InFlight } from './in-flight.js';
import { type Patience, patiently } from './patiently.js';
import { RejectsFile } from './rejects-file.js';
import { type MalformedRow, type Row, RowReader } from './row.js';
import { classOf, OUTSIDE, outsideClassOf } from './row-class.js';
import { SourceFile } from './source-file.js';
import { countCreditNote, countOrder, emptySummary, type ImportSummary } from './summary.js';

export interface ImportOptions {
  /** Where the rows left out go; nowhere when it is left out. */
  readonly rejectsPath?: string;
  /** Commands under way at once. */
  readonly inFlight?: number;
  /** How long a command waits for the event store to come back, in milliseconds. */
  readonly patienceMs?: number;
}

export interface ImportProgress {
  /** Of the file as stored, compressed or not. */
  readonly bytesRead: number;
  readonly sizeBytes: number;
  readonly documents: number;
  readonly rows: number;
}

export interface ImportPorts {
  /** Called once the file has shown that it is one of this data. */
  readonly openTarget: () => Promise<ImportTarget>;
  /** Aborted to end early: what is under way is finished, and a later run goes on. */
  readonly interrupted: AbortSignal;
  readonly onProgress: (progress: ImportProgress) => void;
  /** A line for a person, such as that the store is away. */
  readonly note: (line: string) => void;
}

export interface ImportOutcome {
  readonly summary: ImportSummary;
  /** False when it was interrupted: the counts are those of the part that was done. */
  readonly complete: boolean;
  /** Consistency token of the whole: the position of the last event; nothing when none was recorded. */
  readonly position: bigint | undefined;
}

/** A store that has not answered once is most likely none: it is not waited for as long, in milliseconds. */
const NEVER_THERE_MS = 5_000;

/** A registration found the customer or the product there already, perhaps otherwise described: that one stands. */
const ALREADY_KNOWN = new Set(['CUSTOMER_ALREADY_EXISTS', 'PRODUCT_ALREADY_EXISTS', 'COMMAND_ID_REUSED']);

/**
 * Imports the Online Retail data: one order per sale invoice of a known customer, one credit note per cancellation,
 * customers and products as they first appear. Streams the file; memory is bounded by the invoices open within five
 * minutes of file time. Command ids follow from the file, so it may be ended at any point and run again.
 * @throws WrongFileError bad use, nothing was imported; UnreadableFileError the file breaks off or is broken at a
 *   line, complete invoices before it are imported; StoreStayedAwayError.
 */
export async function importOnlineRetail(
  path: string,
  options: ImportOptions,
  ports: ImportPorts,
): Promise<ImportOutcome> {
  const source = await SourceFile.open(path);
  try {
    const records = csvRecords(source.blocks());
    return await new OnlineRetailImport(source, options, ports).run(records);
  } finally {
    await source.close();
  }
}

class OnlineRetailImport {
  readonly #summary = emptySummary();
  readonly #documents = new OpenDocuments();
  readonly #appearances = new FirstAppearances();
  readonly #inFlight: InFlight;
  #target: ImportTarget | undefined;
  #rejects: RejectsFile | undefined;
  #away = false;
  #done = 0;
  #position: bigint | undefined;

  constructor(
    private readonly source: SourceFile,
    private readonly options: ImportOptions,
    private readonly ports: ImportPorts,
  ) {
    this.#inFlight = new InFlight(options.inFlight ?? 64);
  }

  async run(records: ReturnType<typeof csvRecords>): Promise<ImportOutcome> {
    try {
      const complete = await this.#readAll(records);
      await this.#inFlight.settled();
      if (complete) await this.#rejects?.complete();
      else await this.#rejects?.discard();
      return this.#outcome(complete);
    } catch (error) {
      await this.#inFlight.settled().catch(() => undefined); // the first failure is the one to tell
      await this.#rejects?.discard();
      if (error instanceof InterruptedError) return this.#outcome(false);
      throw error;
    }
  }

  /** @returns false when interrupted; then the invoices still open are left for the next run. */
  async #readAll(records: ReturnType<typeof csvRecords>): Promise<boolean> {
    let reader: RowReader | undefined;
    for await (const batch of records) {
      for (const { line, fields } of batch) {
        if (this.ports.interrupted.aborted) return false;
        if (reader) await this.#take(reader.read(line, fields));
        else reader = await this.#begin(fields);
      }
      this.#progress();
    }
    if (!reader) throw new WrongFileError('The file is empty.');
    await this.#register(this.#appearances.end());
    for (const document of this.#documents.end()) await this.#close(document);
    this.#progress();
    return true;
  }

  async #begin(header: readonly string[]): Promise<RowReader> {
    const reader = new RowReader(header);
    const { rejectsPath } = this.options;
    if (rejectsPath !== undefined) this.#rejects = await RejectsFile.create(rejectsPath, header);
    this.#target = await this.ports.openTarget();
    return reader;
  }

  async #take(row: Row | MalformedRow): Promise<void> {
    this.#summary.rows++;
    if ('reason' in row) return this.#malformed(row);
    for (const document of this.#documents.passTo(row)) await this.#close(document);
    const rowClass = classOf(row);
    if (!rowClass) return this.#malformed({ ...row, reason: UNCLASSIFIED });
    const outside = outsideClassOf(rowClass, row);
    if (outside) {
      this.#summary.outside[outside]++;
      await this.#rejects?.add(row.line, outside, OUTSIDE[outside], row.fields);
      return;
    }
    this.#documents.add(row);
    const registrations = this.#appearances.in(row);
    if (registrations.length > 0) await this.#register(registrations);
  }

  async #malformed(row: MalformedRow): Promise<void> {
    this.#summary.malformedRows++;
    await this.#rejects?.add(row.line, 'malformed', row.reason, row.fields);
    if (row.invoice !== undefined) this.#documents.spoil(row.invoice, row);
  }

  async #register(registrations: readonly Send[]): Promise<void> {
    for (const send of registrations) {
      await this.#inFlight.begin(async () => {
        const refusal = await this.#sent(send);
        if (refusal && !ALREADY_KNOWN.has(refusal.code)) throw refusal;
      });
    }
    Object.assign(this.#summary, this.#appearances.counts);
  }

  /** Sends a complete document, or rejects all its rows. */
  async #close(document: SourceDocument): Promise<void> {
    this.#done++;
    const { invoice, rows } = document;
    if (rows.length === 0) return;
    const fault = faultOf(document);
    if (fault) return this.#holdBack('held-back', rows, fault);
    const cancels = invoice.startsWith('C');
    const send = cancels ? issueCreditNote(invoice, rows) : placeOrder(invoice, rows);
    await this.#inFlight.begin(async () => {
      const refusal = await this.#sent(send);
      if (!refusal) return cancels ? countCreditNote(this.#summary, rows) : countOrder(this.#summary, rows);
      this.#summary.refusedDocuments++;
      await this.#holdBack('refused', rows, `${refusal.code}: ${refusal.message}`);
    });
  }

  /** @returns the refusal, if the rules refused. */
  async #sent(send: Send): Promise<DomainError | undefined> {
    const target = this.#target;
    if (!target) throw new Error('Nothing is sent before the header is read.');
    try {
      const { position } = await patiently(() => send(target), this.#patience());
      this.#away = false;
      if (this.#position === undefined || position > this.#position) this.#position = position;
      return undefined;
    } catch (error) {
      if (error instanceof DomainError && error.kind !== 'unavailable') return error;
      throw error;
    }
  }

  #patience(): Patience {
    const { patienceMs = 60_000 } = this.options;
    return {
      patienceMs: this.#position === undefined ? Math.min(patienceMs, NEVER_THERE_MS) : patienceMs,
      interrupted: this.ports.interrupted,
      onAway: (reason) => this.#told(reason),
    };
  }

  /** The commands under way all find the store away: one line is enough. */
  #told(reason: string): void {
    if (!this.#away) this.ports.note(`${reason} Trying again.`);
    this.#away = true;
  }

  async #holdBack(rejectClass: string, rows: readonly Row[], reason: string): Promise<void> {
    this.#summary.heldBackRows += rows.length;
    for (const { line, fields } of rows) await this.#rejects?.add(line, rejectClass, reason, fields);
  }

  #progress(): void {
    const { bytesRead, sizeBytes } = this.source;
    this.ports.onProgress({ bytesRead, sizeBytes, documents: this.#done, rows: this.#summary.rows });
  }

  #outcome(complete: boolean): ImportOutcome {
    return { summary: this.#summary, complete, position: this.#position };
  }
}

const UNCLASSIFIED = 'Quantity and UnitPrice fit no class: no sale, no gift, no cancellation';

/** Why a document cannot be imported as a whole: nothing when it can. */
function faultOf({ rows, malformed }: SourceDocument): string | undefined {
  const [bad] = malformed;
  if (bad) return `line ${bad.line} of the same invoice is malformed`;
  const [first] = rows;
  const other = rows.find(
    ({ customerId, country }) => customerId !== first?.customerId || country !== first?.country,
  );
  return (
    other && `lines ${first?.line} and ${other.line} of the same invoice differ in CustomerID or Country`
  );
}
