import type { IndexBlock } from '../storage/index.js';
import { EventFramePeek } from '../wire/index.js';
import { GrowingArray } from './growing-array.js';
import { decodeSavedStreams, ENDED, type SavedRule, type SavedStreams } from './saved-streams.js';
import { StreamIndex, TOMBSTONE_REVISION } from './stream-index.js';
import { StreamNames } from './stream-names.js';

/** Compares the events of a log, in order, with each other and with what the index beside it says. */
export class IndexCheck {
  readonly #peek = new EventFramePeek();
  readonly #names = new StreamNames();
  readonly #nextRevisions = new GrowingArray();
  /** Names as the index numbers them. */
  readonly #indexNames = new StreamNames();
  #position = 0;
  #block: (SavedStreams & { readonly fromPosition: number; readonly toPosition: number }) | undefined;
  #blocksSeen = 0;
  /** Where the log goes on behind the last event of the block, when that is known. */
  readonly #ends = new Map<number, number>();
  /** First positions of extents by where they start in the log, until they were met. */
  readonly #extents = new Map<number, number>();
  #recordPosition = 0;
  /** An index made from the log alone, as long as the log makes sense, and its names. */
  #fresh: StreamIndex | undefined = new StreamIndex(1_000);
  readonly #freshNames = new StreamNames();

  constructor(
    private readonly blocks: readonly IndexBlock[],
    private readonly found: (finding: string) => void,
  ) {
    for (const { toPosition, logEnd, closedExtents } of blocks) {
      this.#ends.set(toPosition, logEnd);
      for (let at = 0; at < closedExtents.length; at += 3)
        this.#extents.set(closedExtents[at + 1] as number, closedExtents[at] as number);
    }
  }

  event(frame: Buffer): void {
    const { position, revision, streamStart, streamEnd, stream } = this.#peek.look(frame);
    if (position !== this.#position)
      this.found(
        `The log goes on with the event at position ${position} where ${this.#position} is expected.`,
      );
    this.#position = position + 1;
    const known = this.#names.numberOfBytes(frame, streamStart, streamEnd);
    const number = known === -1 ? this.#add(frame, streamStart, streamEnd) : known;
    const isEnd = revision >= Number(TOMBSTONE_REVISION);
    if (!isEnd) this.#checkRevision(number, revision, stream, position);
    this.#checkIndex(position, isEnd, frame.subarray(streamStart, streamEnd));
    try {
      this.#fresh?.load(frame, position);
    } catch {
      this.#fresh = undefined; // what is wrong was found above
    }
  }

  /** The record of the events before it lies there in the log. */
  recordEnded(offset: number, next: number): void {
    if (this.#extents.get(offset) === this.#recordPosition) this.#extents.delete(offset);
    this.#recordPosition = this.#position;
    const end = this.#ends.get(this.#position);
    if (end === undefined) return;
    this.#checkRules(this.#position);
    if (end !== next)
      this.found(
        `The index says that the log before position ${this.#position} ends at ${end}; it ends at ${next}.`,
      );
  }

  /** `restBytes` of the index file make no sense. */
  end(restBytes: number): { events: number; streams: number } {
    const last = this.blocks.at(-1)?.toPosition ?? 0;
    if (last > this.#position)
      this.found(
        `The index tells of events up to position ${last - 1}; the log ends before ${this.#position}.`,
      );
    for (const [offset, position] of this.#extents)
      this.found(`The index says that the event at position ${position} starts at ${offset} in the log.`);
    if (restBytes > 0)
      this.found(
        `The index is damaged in its last ${restBytes} bytes; the next start of the node rebuilds it.`,
      );
    return { events: this.#position, streams: this.#names.length };
  }

  #add(frame: Buffer, start: number, end: number): number {
    this.#nextRevisions.push(0);
    return this.#names.addBytes(frame, start, end);
  }

  #checkRevision(number: number, revision: number, stream: string, position: number): void {
    const expected = this.#nextRevisions.at(number);
    if (revision !== expected)
      this.found(
        `Position ${position} holds event ${revision} of stream ${stream} where ${expected} is expected.`,
      );
    this.#nextRevisions.set(number, revision + 1);
  }

  #checkIndex(position: number, isEnd: boolean, name: Buffer): void {
    const block = this.#blockOf(position);
    if (block === undefined) return;
    const number = block.streams[position - block.fromPosition] as number;
    const isSame = isEnd ? number === ENDED : number !== ENDED && this.#isName(number, name);
    if (!isSame)
      this.found(
        `The index has the event at position ${position} in another stream than ${name.toString()}.`,
      );
  }

  /** What few events do: end their stream, hide, or say what of a stream can be read. */
  #checkRules(toPosition: number): void {
    if (this.#fresh === undefined || this.#block?.toPosition !== toPosition) return;
    const fresh = decodeSavedStreams(this.#fresh.kept.save(toPosition));
    this.#fresh.kept.saved(toPosition);
    this.#freshNames.addAll(fresh.nameLengths, fresh.names);
    const wanted = fresh.rules.map((rule) => textOf(rule, this.#freshNames));
    const said = new Set(this.#block.rules.map((rule) => textOf(rule, this.#indexNames)));
    for (const rule of wanted)
      if (!said.delete(rule)) this.found(`The index lacks what the log says: ${rule}.`);
    for (const rule of said) this.found(`The index says what the log does not: ${rule}.`);
  }

  #isName(number: number, name: Buffer): boolean {
    return number < this.#indexNames.length && this.#indexNames.bytes(number, number + 1).equals(name);
  }

  #blockOf(position: number) {
    while ((this.#block?.toPosition ?? 0) <= position) {
      const block = this.blocks[this.#blocksSeen];
      if (block === undefined) return undefined;
      this.#blocksSeen++;
      const { fromPosition, toPosition, saved } = block;
      this.#block = { fromPosition, toPosition, ...decodeSavedStreams(saved) };
      this.#indexNames.addAll(this.#block.nameLengths, this.#block.names);
    }
    return this.#block;
  }
}

function textOf(rule: SavedRule, names: StreamNames): string {
  const { kind, position } = rule;
  if (kind === 'hidden') return `${kind} at ${position}`;
  const { maxCount, maxAgeSeconds, truncateBefore } = kind === 'limits' ? rule.limits : {};
  return `${kind} at ${position} of stream ${names.name(rule.stream)} (${maxCount}, ${maxAgeSeconds}, ${truncateBefore})`;
}
