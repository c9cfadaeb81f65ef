import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Encodable, encodeDocument, encodeValue } from '../bson/encode.js';
import { documentKey } from '../bson/key-encoding.js';
import { Path } from '../bson/path.js';
import type { IndexInfo } from '../storage/catalog.js';
import type { WriteContext } from '../storage/contexts.js';
import { Engine } from '../storage/engine.js';
import { KeyValueStore } from '../storage/key-value-store.js';
import { deleteDocument, insertDocument } from '../storage/records.js';
import { newCollection } from './collections.js';
import { Expiry } from './expiry.js';

const START = Date.parse('2026-01-01T00:00:00Z');
const NAMESPACE = 'test.sessions';
const fail = (message: string, error: unknown) => {
  throw new Error(message, { cause: error });
};

describe('documents with a TTL index', () => {
  let path: string;
  let engine: Engine;
  let now: number;
  let expiry: Expiry;

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'tidemark-expiry-'));
    engine = new Engine(KeyValueStore.open(path, 'none'), fail);
    now = START;
    expiry = new Expiry(engine, () => now);
  });

  afterEach(async () => {
    await engine.close();
    await rm(path, { recursive: true, force: true });
  });

  const index = (context: WriteContext, more: Partial<IndexInfo> = {}): IndexInfo => ({
    name: 'at_1',
    ident: context.nextIdent(),
    fields: [{ path: new Path('at'), descending: false }],
    unique: false,
    building: false,
    expireAfterSeconds: 60,
    ...more,
  });

  async function fill(
    rows: readonly { [name: string]: Encodable }[],
    more: Partial<IndexInfo> = {},
  ): Promise<void> {
    await engine.write((context) => {
      const made = newCollection(context, NAMESPACE);
      const collection = { ...made, indexes: [index(context, more)] };
      context.setCollection(NAMESPACE, collection);
      rows.forEach((row, _id) => {
        insertDocument(context, collection, encodeDocument({ _id, ...row }));
      });
    });
  }

  function left(): number[] {
    const { context, release } = engine.read();
    const { ident } = context.collection(NAMESPACE)!;
    const ids = Array.from({ length: 5_000 }, (_, _id) => _id).filter(
      (_id) => context.get(documentKey(ident, encodeValue(_id))) !== undefined,
    );
    release();
    return ids;
  }

  it('go when their date is older than the index allows, and not before', async () => {
    await fill([{ at: new Date(START) }, { at: new Date(START + 1) }, { at: new Date(START + 60_000) }]);
    expect(await expiry.pass()).toBe(0);
    now = START + 60_000;
    expect(await expiry.pass()).toBe(1);
    expect(left()).toEqual([1, 2]);
    now = START + 500_000;
    expect(await expiry.pass()).toBe(2);
    expect(left()).toEqual([]);
  });

  it('stay when the value is no date, or missing', async () => {
    await fill([{ at: 5 }, { at: 'then' }, { at: null }, {}, { at: { on: new Date(0) } }]);
    now = START + 10 ** 12;
    expect(await expiry.pass()).toBe(0);
  });

  it('go by the earliest date of an array', async () => {
    await fill([
      { at: [new Date(START + 900_000), new Date(START)] },
      { at: [new Date(START + 900_000), 'text'] },
    ]);
    now = START + 60_000;
    expect(await expiry.pass()).toBe(1);
    expect(left()).toEqual([1]);
  });

  it('go by a descending and by a hidden index too', async () => {
    await fill([{ at: new Date(START) }, { at: new Date(START + 900_000) }], {
      fields: [{ path: new Path('at'), descending: true }],
      hidden: true,
    });
    now = START + 60_000;
    expect(await expiry.pass()).toBe(1);
    expect(left()).toEqual([1]);
  });

  it('go all in one pass, in commits of a thousand', async () => {
    await fill(Array.from({ length: 2_500 }, (_, i) => ({ at: new Date(START + i) })));
    now = START + 10 ** 9;
    expect(await expiry.pass()).toBe(2_500);
    expect(left()).toEqual([]);
  });

  it('stay while an open transaction holds them', async () => {
    await fill([{ at: new Date(START) }]);
    const transaction = engine.begin({ session: Buffer.alloc(16), number: 1n });
    const collection = transaction.collection(NAMESPACE)!;
    const key = documentKey(collection.ident, encodeValue(0));
    deleteDocument(transaction, collection, key, transaction.get(key)!);
    now = START + 60_000;
    expect(await expiry.pass()).toBe(0);
    engine.end(transaction);
    expect(left()).toEqual([0]);
    expect(await expiry.pass()).toBe(1);
  });
});
