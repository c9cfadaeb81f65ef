import type { StreamLimits } from './stream-metadata.js';

/** In place of the number of its stream, for an event that ended one. */
export const ENDED = 0xffff_ffff;

/** Something that few events do: end their stream, hide from `$all`, or say what of a stream can be read. */
export type SavedRule =
  | { readonly kind: 'tombstone'; readonly position: number; readonly stream: number }
  | { readonly kind: 'hidden'; readonly position: number }
  | {
      readonly kind: 'limits';
      readonly position: number;
      readonly stream: number;
      readonly limits: StreamLimits;
    };

/** What the index of streams keeps of a run of events. Streams are numbered in the order in which they came. */
export interface SavedStreams {
  /** Of the streams that are new since the run before: the lengths of their names in bytes, and the names. */
  readonly nameLengths: Uint32Array;
  readonly names: Uint8Array;
  /** Of each event, its stream. */
  readonly streams: Uint32Array;
  /** In the order of their events. */
  readonly rules: readonly SavedRule[];
}

/**
 *     u32 × 4: names, bytes of names, events, bytes of rules | u32 a name: its length | u32 an event: its stream |
 *     names | rules as JSON, NUL-free
 */
export function encodeSavedStreams({ nameLengths, names, streams, rules }: SavedStreams): Buffer {
  const json = Buffer.from(rules.length === 0 ? '' : JSON.stringify(rules, bigintsAsText));
  const header = Uint32Array.of(nameLengths.length, names.length, streams.length, json.length);
  return Buffer.concat([bytesOf(header), bytesOf(nameLengths), bytesOf(streams), names, json]);
}

/** Views of `saved`, which starts at a multiple of four. */
export function decodeSavedStreams(saved: Buffer): SavedStreams {
  const numbers = new Uint32Array(saved.buffer, saved.byteOffset, saved.length >> 2);
  const [nameCount, nameBytes, events, ruleBytes] = numbers as unknown as [number, number, number, number];
  const streams = 4 + nameCount;
  const names = 4 * (streams + events);
  const json = saved.subarray(names + nameBytes, names + nameBytes + ruleBytes).toString();
  return {
    nameLengths: numbers.subarray(4, streams),
    streams: numbers.subarray(streams, streams + events),
    names: saved.subarray(names, names + nameBytes),
    rules: json === '' ? [] : (JSON.parse(json, textAsBigints) as SavedRule[]),
  };
}

const bigintsAsText = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
const textAsBigints = (key: string, value: unknown) =>
  key === 'truncateBefore' ? BigInt(value as string) : value;

function bytesOf(numbers: Uint32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
