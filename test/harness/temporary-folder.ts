import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFolder {
  readonly path: string;
  remove(): void;
}

/** An empty folder under the system's temporary one. */
export function temporaryFolder(name = 'spec'): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `tidemark-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
