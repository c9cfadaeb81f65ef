import type streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { decode, streams } from '../generated-codecs.js';
import { invalidArgument } from './errors.js';
import { EventFilter, type FilterOptions } from './event-filter.js';
import { checkStreamName } from './new-event.js';

/** A place in a stream (revision) or in `$all` (position). */
export type ReadFrom = bigint | 'start' | 'end';

/** `Streams.Read`, with only the combinations of options that mean something. */
export type ReadRequest = {
  readonly resolveLinks: boolean;
  /** Ids as two 64-bit halves instead of text. */
  readonly structuredIds: boolean;
} & (
  | {
      readonly kind: 'read-stream';
      readonly stream: string;
      readonly from: ReadFrom;
      readonly backwards: boolean;
      readonly maxCount: number;
      /** Whether the reader wants to hear where the stream starts and ends. */
      readonly tellsEnds: boolean;
    }
  | {
      readonly kind: 'read-all';
      readonly from: ReadFrom;
      readonly backwards: boolean;
      readonly maxCount: number;
      readonly filter: EventFilter | undefined;
    }
  | { readonly kind: 'subscribe-to-stream'; readonly stream: string; readonly from: ReadFrom }
  | {
      readonly kind: 'subscribe-to-all';
      readonly from: ReadFrom;
      readonly filter: FilterOptions | undefined;
    }
);

const FORWARDS = 0;
const BACKWARDS = 1;
/** Clients from 21.10 on, but not this one, ask for the first and last revision besides the events. */
const TELLS_ENDS = 1;

/** @throws GrpcError INVALID_ARGUMENT */
export function readRequestOf(bytes: Buffer): ReadRequest {
  const options = decode(streams.ReadReq, bytes).getOptions();
  if (options === undefined) throw invalidArgument('The options are missing.');
  const uuids = options.getUuidOption();
  if (!uuids?.hasString() && !uuids?.hasStructured()) throw invalidArgument('The UUID option is missing.');
  const direction: number = options.getReadDirection();
  if (direction !== FORWARDS && direction !== BACKWARDS) throw invalidCombination();
  const backwards = direction === BACKWARDS;
  if (!options.hasFilter() && !options.hasNoFilter()) throw invalidCombination();
  const filter = filterOf(options);
  const subscribes = options.hasSubscription();
  if (!subscribes && !options.hasCount())
    throw invalidArgument('Neither a count nor a subscription is asked for.');
  const common = { resolveLinks: options.getResolveLinks(), structuredIds: uuids.hasStructured() };
  const maxCount = Number(options.getCount());
  const streamOptions = options.getStream();
  if (streamOptions !== undefined) {
    if (filter !== undefined || (subscribes && backwards)) throw invalidCombination();
    const stream = checkStreamName(nameOf(streamOptions.getStreamIdentifier()?.getStreamName_asU8()));
    const from = streamFrom(streamOptions);
    return subscribes
      ? { ...common, kind: 'subscribe-to-stream', stream, from }
      : { ...common, kind: 'read-stream', stream, from, backwards, maxCount, tellsEnds: tellsEnds(options) };
  }
  const allOptions = options.getAll();
  if (allOptions === undefined || (subscribes && backwards)) throw invalidCombination();
  const from = allFrom(allOptions);
  return subscribes
    ? { ...common, kind: 'subscribe-to-all', from, filter }
    : { ...common, kind: 'read-all', from, backwards, maxCount, filter: filter?.filter };
}

function invalidCombination() {
  return invalidArgument(
    'The combination of stream or $all, direction, count or subscription and filter is invalid.',
  );
}

function nameOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}

function streamFrom(options: streamsPb.ReadReq.Options.StreamOptions): ReadFrom {
  if (options.hasRevision()) return BigInt(options.getRevision());
  if (options.hasStart()) return 'start';
  if (options.hasEnd()) return 'end';
  throw invalidArgument('The revision to read from is missing.');
}

function allFrom(options: streamsPb.ReadReq.Options.AllOptions): ReadFrom {
  const position = options.getPosition();
  if (position !== undefined) return BigInt(position.getCommitPosition());
  if (options.hasStart()) return 'start';
  if (options.hasEnd()) return 'end';
  throw invalidArgument('The position to read from is missing.');
}

function tellsEnds(options: streamsPb.ReadReq.Options): boolean {
  return (options.getControlOption()?.getCompatibility() ?? 0) >= TELLS_ENDS;
}

const DEFAULT_WINDOW = 32;

function filterOf(options: streamsPb.ReadReq.Options): FilterOptions | undefined {
  const filter = options.getFilter();
  if (filter === undefined) return undefined;
  const expression = filter.getStreamIdentifier() ?? filter.getEventType();
  if (expression === undefined) throw invalidArgument('The filter has no expression.');
  const on = filter.hasStreamIdentifier() ? 'stream' : 'type';
  if (!filter.hasMax() && !filter.hasCount()) throw invalidArgument('The search window is missing.');
  // What a real node does with a window of nothing is not known; it could never get anywhere.
  if (filter.hasMax() && filter.getMax() === 0)
    throw invalidArgument('The search window must be at least 1.');
  return {
    filter: new EventFilter(on, expression.getRegex(), expression.getPrefixList()),
    windowEvents: filter.hasMax() ? filter.getMax() : DEFAULT_WINDOW,
    checkpointIntervalMultiplier: filter.getCheckpointintervalmultiplier(),
  };
}
