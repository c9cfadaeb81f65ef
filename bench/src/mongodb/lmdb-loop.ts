import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { open } from 'lmdb';
import { BATCH, decodedDocument, documentOf, encodedDocument } from './documents.js';

interface Entry {
  readonly key: Buffer;
  readonly value: Buffer;
}

function keyOf(owner: number, ...numbers: readonly number[]): Buffer {
  const key = Buffer.alloc(4 + numbers.length * 9);
  key.writeUInt32BE(owner);
  numbers.forEach((number, i) => {
    key.writeDoubleBE(number, 4 + i * 9);
  });
  return key;
}

function entriesOf(id: number, indexes: boolean): Entry[] {
  const { group, rank, bucket } = documentOf(id);
  const own = { key: keyOf(16, id), value: encodedDocument(id) };
  if (!indexes) return [own];
  const idKey = own.key.subarray(4);
  return [
    own,
    { key: keyOf(17, group, rank, id), value: idKey },
    { key: keyOf(18, bucket, id), value: idKey },
  ];
}

async function inStore<T>(work: (store: ReturnType<typeof openStore>) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-lmdb-'));
  const store = openStore(folder);
  try {
    return await work(store);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

const openStore = (path: string) =>
  open<Buffer, Buffer>({
    path,
    noSubdir: false,
    overlappingSync: false,
    encoding: 'binary',
    keyEncoding: 'binary',
  });

export interface LmdbWriting {
  readonly batches: number;
  readonly indexes: boolean;
}

/** The same encoded documents and index entries, one awaited durable transaction a batch: documents per second. */
export function lmdbWrites({ batches, indexes }: LmdbWriting): Promise<number> {
  return inStore(async (store) => {
    let spent = 0;
    for (let batch = 0; batch < batches; batch++) {
      const entries = Array.from({ length: BATCH }, (_none, i) =>
        entriesOf(batch * BATCH + i, indexes),
      ).flat();
      const startedAt = performance.now();
      await store.transaction(() => {
        for (const { key, value } of entries) void store.put(key, value);
      });
      spent += performance.now() - startedAt;
    }
    return (batches * BATCH * 1_000) / spent;
  });
}

/** Reads and decodes each of so many documents in this process: documents per second. */
export function lmdbScan({ count }: { readonly count: number }): Promise<number> {
  return inStore(async (store) => {
    for (let first = 0; first < count; first += 10_000)
      await store.transaction(() => {
        for (let id = first; id < Math.min(count, first + 10_000); id++)
          void store.put(keyOf(16, id), encodedDocument(id));
      });
    const startedAt = performance.now();
    let found = 0;
    for (const { value } of store.getRange({}))
      if ((decodedDocument(value) as { bucket: number }).bucket === 7) found++;
    if (found !== Math.floor(count / 100)) throw new Error(`${found} found of ${count}`);
    return (count * 1_000) / (performance.now() - startedAt);
  });
}
