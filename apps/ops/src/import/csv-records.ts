import { CsvError, Parser } from 'csv-parse';
import { UnreadableFileError } from './import-errors.js';

export interface CsvRecord {
  /** The line it ends on, counted from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

const MAX_RECORD_BYTES = 64 * 1024;
const BROKEN_QUOTING =
  'broken quoting: a field in quotes ends with one quote, and a quote inside it is doubled';

/**
 * The records of each block, RFC 4180. Records may hold any number of fields: that is a matter of the row.
 * @throws UnreadableFileError at broken quoting: from there on nobody can tell where a record ends. A record over
 *   several lines is taken for that, as this data has none.
 */
export async function* csvRecords(blocks: AsyncIterable<Buffer>): AsyncGenerator<readonly CsvRecord[]> {
  const parser = new RecordParser();
  for await (const block of blocks) {
    const fault = await parser.fault((done) => parser.write(block, done));
    yield parser.taken();
    if (fault) throw fault;
  }
  const fault = await parser.fault((done) => parser.end(done));
  yield parser.taken();
  if (fault) throw fault;
}

/** Collects records with their lines. Passing each through the object stream would cost as much as the parsing. */
class RecordParser extends Parser {
  #records: CsvRecord[] = [];
  #lastLine = 0;
  #torn: UnreadableFileError | undefined;

  constructor() {
    super({ bom: true, relax_column_count: true, skip_empty_lines: true, max_record_size: MAX_RECORD_BYTES });
    this.on('error', () => undefined); // reported by the write that met it
  }

  override push(record: string[] | null): boolean {
    if (record === null) return super.push(null);
    const line = this.info.lines;
    if (line > this.#lastLine + 1 && record.some((field) => field.includes('\n')))
      this.#torn ??= new UnreadableFileError(line, `${BROKEN_QUOTING}; this record goes over several lines`);
    if (!this.#torn) this.#records.push({ line, fields: record });
    this.#lastLine = line;
    return true;
  }

  taken(): readonly CsvRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  /** What the work met; the records before it can be taken. */
  fault(work: (done: (error?: Error | null) => void) => void): Promise<Error | undefined> {
    return new Promise((resolve) => {
      work((error) => resolve(this.#torn ?? (error ? this.#explained(error) : undefined)));
    });
  }

  #explained(error: Error): Error {
    if (!(error instanceof CsvError)) return error;
    const what =
      error.code === 'CSV_MAX_RECORD_SIZE'
        ? 'a record is longer than 64 KiB, as when a quote is not closed'
        : BROKEN_QUOTING;
    return new UnreadableFileError(this.#lastLine + 1, what, { cause: error });
  }
}
