import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COLUMNS } from './row.js';

export const HEADER = COLUMNS.join(',');

/** For specs: a folder under the system's temporary one, with what a spec puts there. */
export class SampleFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'tidemark-import-'));

  write(content: string | Uint8Array, name = 'retail.csv'): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  /** A file of these rows under the header. */
  rows(...rows: readonly string[]): string {
    return this.write(`${[HEADER, ...rows].join('\n')}\n`);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
