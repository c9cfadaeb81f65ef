import type { KeptIndex } from '../storage/index.js';
import { GrowingArray } from './growing-array.js';
import {
  decodeSavedStreams,
  ENDED,
  encodeSavedStreams,
  type SavedRule,
  type SavedStreams,
} from './saved-streams.js';
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
    const { names } = this.tables;
    const sum = (ofPiece: (piece: SavedStreams) => number) =>
      decoded.reduce((all, piece) => all + ofPiece(piece), 0);
    names.reserve(
      sum((piece) => piece.nameLengths.length),
      sum((piece) => piece.names.length),
    );
    for (const piece of decoded) names.addAll(piece.nameLengths, piece.names);
    this.tables.positions.restore(names.length, decoded, ENDED);
    for (const { fromPosition, streams, rules } of decoded) {
      for (const rule of rules) this.#restoreRule(rule);
      this.#savedTo = fromPosition + streams.length;
    }
    this.#savedStreams = this.tables.names.length;
  }

  #restoreRule(rule: SavedRule): void {
    const { tombstones, limits, durableLimits } = this.tables;
    if (rule.kind === 'hidden') this.hidden.push(rule.position);
    else if (rule.kind === 'tombstone') tombstones.set(rule.stream, rule.position);
    else for (const all of [limits, durableLimits]) setLimits(all, rule.stream, rule.limits);
  }
}
