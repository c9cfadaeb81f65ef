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

const BACKWARDS = 1;

/** @throws GrpcError INVALID_ARGUMENT */
export function readRequestOf(bytes: Buffer): ReadRequest {
  const options = decode(streams.ReadReq, bytes).getOptions();
  if (options === undefined) throw invalidArgument('The options are missing.');
  const uuids = options.getUuidOption();
  if (uuids === undefined) throw invalidArgument('The UUID option is missing.');
  const backwards = options.getReadDirection() === BACKWARDS;
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
      : { ...common, kind: 'read-stream', stream, from, backwards, maxCount };
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

const DEFAULT_WINDOW = 32;

function filterOf(options: streamsPb.ReadReq.Options): FilterOptions | undefined {
  const filter = options.getFilter();
  if (filter === undefined) return undefined;
  const expression = filter.getStreamIdentifier() ?? filter.getEventType();
  if (expression === undefined) throw invalidArgument('The filter has no expression.');
  const on = filter.hasStreamIdentifier() ? 'stream' : 'type';
  return {
    filter: new EventFilter(on, expression.getRegex(), expression.getPrefixList()),
    windowEvents: filter.hasMax() ? filter.getMax() : DEFAULT_WINDOW,
    checkpointIntervalMultiplier: filter.getCheckpointintervalmultiplier(),
  };
}
