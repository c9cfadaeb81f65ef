import { CsvError, parse } from 'csv-parse';
import { UnreadableFileError } from './import-errors.js';

export interface CsvRecord {
  /** The line it ends on, counted from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

const MAX_RECORD_BYTES = 64 * 1024;

/**
 * The records of each block, RFC 4180. Records may hold any number of fields: that is a matter of the row.
 * @throws UnreadableFileError at broken quoting: from there on nobody can tell where a record ends. A record over
 *   several lines is taken for that, as this data has none.
 */
export async function* csvRecords(blocks: AsyncIterable<Buffer>): AsyncGenerator<readonly CsvRecord[]> {
  let records: CsvRecord[] = [];
  let lastLine = 0;
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_BYTES,
    on_record: (fields: string[], { lines }) => {
      if (lines > lastLine + 1 && fields.some((field) => field.includes('\n')))
        throw new UnreadableFileError(lines, `${BROKEN_QUOTING}; this record goes over several lines`);
      records.push({ line: lines, fields });
      lastLine = lines;
      return null; // taken: nothing goes through the object stream, which would cost more than the parsing
    },
  });
  parser.on('error', () => undefined); // reported by the write that met it
  const fault = (work: (done: (error?: Error | null) => void) => void) =>
    new Promise<Error | undefined>((resolve) => {
      work((error) => resolve(error ? broken(error, lastLine) : undefined));
    });
  /** What was read, up to the fault if there is one. */
  async function* taken(error: Error | undefined) {
    const batch = records;
    records = [];
    yield batch;
    if (error) throw error;
  }

  for await (const block of blocks) yield* taken(await fault((done) => parser.write(block, done)));
  yield* taken(await fault((done) => parser.end(done)));
}

const BROKEN_QUOTING =
  'broken quoting: a field in quotes ends with one quote, and a quote inside it is doubled';

function broken(error: Error, lastLine: number): Error {
  if (!(error instanceof CsvError)) return error;
  const what =
    error.code === 'CSV_MAX_RECORD_SIZE'
      ? 'a record is longer than 64 KiB, as when a quote is not closed'
      : BROKEN_QUOTING;
  return new UnreadableFileError(lastLine + 1, what, { cause: error });
}
