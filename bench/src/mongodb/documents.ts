import { deserialize, serialize } from 'bson';

export const BATCH = 1_000;
/** Documents per value of `group`: what an indexed find meets. */
export const PER_GROUP = 6;

export interface BenchDocument {
  _id: number;
  group: number;
  rank: number;
  /** One of 100 values: what a scan for 1 % asks for. */
  bucket: number;
  tags: number[];
  filler: string;
}

const BYTES = 516;

/** A document of 516 bytes of BSON. */
export function documentOf(id: number): BenchDocument {
  const document = {
    _id: id,
    group: Math.floor(id / PER_GROUP),
    rank: (id * 7919) % 1_000,
    bucket: id % 100,
    tags: Array.from({ length: 10 }, (_none, i) => i),
    filler: '',
  };
  return { ...document, filler: 'x'.repeat(BYTES - EMPTY_BYTES) };
}

const EMPTY_BYTES = serialize({
  _id: 0,
  group: 0,
  rank: 0,
  bucket: 0,
  tags: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  filler: '',
}).length;

export function encodedDocument(id: number): Buffer {
  return Buffer.from(serialize(documentOf(id)));
}

export const decodedDocument = (bytes: Buffer): object => deserialize(bytes);

/** The two secondary indexes that writes keep. */
export const INDEXES = [
  { key: { group: 1, rank: 1 }, name: 'group' },
  { key: { bucket: 1 }, name: 'bucket' },
] as const;
