import type { KeptIndex } from '../storage/index.js';
import { GrowingArray } from './growing-array.js';
import { decodeSavedStreams, ENDED, encodeSavedStreams, type SavedRule } from './saved-streams.js';
import { type StreamTables, setLimits } from './stream-state.js';

/** Keeps in mind what the index took in since it was last saved, and gives an index back from what was saved. */
export class StreamIndexPieces implements KeptIndex {
  #savedTo = 0;
  #savedStreams = 0;
  #savingStreams = 0;
  /** Of each event since: its stream. */
  readonly #streams = new GrowingArray();
  #rules: SavedRule[] = [];

  constructor(
    private readonly tables: StreamTables,
    private readonly hidden: number[],
    readonly recall: (frame: Buffer) => void,
  ) {}

  /** The next event belongs to a stream. */
  added(stream: number): void {
    this.#streams.push(stream);
  }

  /** The newest event never was. */
  taken(): void {
    this.#streams.pop();
  }

  ruled(rule: SavedRule): { undo(): void } {
    this.#rules.push(rule);
    return { undo: () => void this.#rules.pop() };
  }

  save(toPosition: number): Buffer {
    const { names } = this.tables;
    const from = this.#savedStreams;
    this.#savingStreams = names.length;
    return encodeSavedStreams({
      nameLengths: Uint32Array.from({ length: names.length - from }, (_, index) =>
        names.byteLength(from + index),
      ),
      names: names.bytes(from, names.length),
      streams: this.#streams.slice(0, toPosition - this.#savedTo),
      rules: this.#rules.filter(({ position }) => position < toPosition),
    });
  }

  saved(toPosition: number): void {
    this.#streams.dropFirst(toPosition - this.#savedTo);
    this.#rules = this.#rules.filter(({ position }) => position >= toPosition);
    this.#savedTo = toPosition;
    this.#savedStreams = this.#savingStreams;
  }

  restore(pieces: readonly { readonly fromPosition: number; readonly saved: Buffer }[]): void {
    const decoded = pieces.map(({ fromPosition, saved }) => ({ fromPosition, ...decodeSavedStreams(saved) }));
    for (const { nameLengths, names } of decoded) this.#restoreNames(nameLengths, names);
    this.#restoreLists(decoded.map(({ streams }) => streams));
    for (const { fromPosition, streams, rules } of decoded) {
      this.#fill(fromPosition, streams);
      for (const rule of rules) this.#restoreRule(rule);
      this.#savedTo = fromPosition + streams.length;
    }
    this.#savedStreams = this.tables.names.length;
  }

  #restoreNames(lengths: Uint32Array, bytes: Uint8Array): void {
    const { names } = this.tables;
    names.reserve(lengths.length, bytes.length);
    let at = 0;
    for (const length of lengths) {
      names.addBytes(bytes, at, at + length);
      at += length;
    }
  }

  /** Each with room for just what will come. */
  #restoreLists(pieces: readonly Uint32Array[]): void {
    const counts = new Uint32Array(this.tables.names.length);
    for (const streams of pieces)
      for (let index = 0; index < streams.length; index++) {
        const stream = streams[index] as number;
        if (stream !== ENDED) counts[stream] = (counts[stream] as number) + 1;
      }
    for (const count of counts) this.tables.positions.add(count);
  }

  #fill(fromPosition: number, streams: Uint32Array): void {
    const { positions } = this.tables;
    for (let index = 0; index < streams.length; index++) {
      const stream = streams[index] as number;
      if (stream !== ENDED) positions.fill(stream, fromPosition + index);
    }
  }

  #restoreRule(rule: SavedRule): void {
    const { tombstones, limits, durableLimits } = this.tables;
    if (rule.kind === 'hidden') this.hidden.push(rule.position);
    else if (rule.kind === 'tombstone') tombstones.set(rule.stream, rule.position);
    else for (const all of [limits, durableLimits]) setLimits(all, rule.stream, rule.limits);
  }
}
