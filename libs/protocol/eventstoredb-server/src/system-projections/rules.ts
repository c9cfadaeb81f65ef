import type { SourceEvent } from './source-event.js';

/** What a system projection writes for one event. */
export interface Emission {
  readonly stream: string;
  readonly type: '$>' | '$@';
  readonly data: string;
  /** Members of the JSON metadata besides those that all have, as text. */
  readonly metadata?: string;
}

export interface SystemProjection {
  readonly name: string;
  /** By which the metadata of what it writes tells it from others. */
  readonly id: number;
  readonly handlerType: string;
  readonly query: string;
  /** A stream that gets an event at each checkpoint, besides the projection's own. */
  readonly checkpointStream?: string;
  emit(event: SourceEvent): Emission | undefined;
}

const native = (handler: string) => `native:EventStore.Projections.Core.Standard.${handler}`;

const streams: SystemProjection = {
  name: '$streams',
  id: 1,
  handlerType: native('IndexStreams'),
  query: '',
  emit: (event) =>
    event.isFirst ? { stream: '$streams', type: '$>', data: `0@${event.stream}` } : undefined,
};

const streamByCategory: SystemProjection = {
  name: '$stream_by_category',
  id: 2,
  handlerType: native('CategorizeStreamByPath'),
  query: 'first\r\n-',
  emit(event) {
    const category = event.isFirst ? categoryOf(event.stream) : undefined;
    return category === undefined
      ? undefined
      : { stream: `$category-${category}`, type: '$@', data: event.stream };
  },
};

const byCategory: SystemProjection = {
  name: '$by_category',
  id: 3,
  handlerType: native('CategorizeEventsByStreamPath'),
  query: 'first\r\n-',
  emit(event) {
    const deleted = event.deletedStream;
    const original = deleted ?? event.stream;
    const category = categoryOf(original);
    if (category === undefined) return undefined;
    return {
      stream: `$ce-${category}`,
      type: '$>',
      data: linkTo(event),
      metadata: `"$o":${JSON.stringify(original)}${deleted === undefined ? '' : `,${DELETED}`}`,
    };
  },
};

const byEventType: SystemProjection = {
  name: '$by_event_type',
  id: 4,
  handlerType: native('IndexEventsByEventType'),
  query: '',
  checkpointStream: '$et',
  emit(event) {
    if (event.isLink) return undefined;
    const isDeletion = event.deletedStream !== undefined;
    return {
      stream: `$et-${isDeletion ? '$deleted' : event.type}`,
      type: '$>',
      // EventStoreDB names the stream that metadata is about, with the revision of the metadata.
      data: `${event.revisionText}@${event.isOfMetadata ? event.stream.slice('$$'.length) : event.stream}`,
      ...(isDeletion && { metadata: DELETED }),
    };
  },
};

const byCorrelationId: SystemProjection = {
  name: '$by_correlation_id',
  id: 5,
  handlerType: native('ByCorrelationId'),
  query: '{"correlationIdProperty":"$correlationId"}',
  emit(event) {
    const { correlationId } = event;
    if (correlationId === undefined) return undefined;
    return {
      stream: `$bc-${correlationId}`,
      type: '$>',
      data: linkTo(event),
      metadata: `"$eventTimestamp":"${timestamp(event.created)}"${event.isLink ? `,${linkOf(event)}` : ''}`,
    };
  },
};

/** EventStoreDB: EventStore.Projections.Core/Standard; each with the configuration it comes with. */
export const SYSTEM_PROJECTIONS: readonly SystemProjection[] = [
  streams,
  streamByCategory,
  byCategory,
  byEventType,
  byCorrelationId,
];

/** What stands before the first dash; system streams and names without one have no category. */
function categoryOf(stream: string): string | undefined {
  const dash = stream.startsWith('$') ? -1 : stream.indexOf('-');
  return dash > 0 ? stream.slice(0, dash) : undefined;
}

/** A link to a link is another link to its target. */
function linkTo(event: SourceEvent): string {
  return event.isLink ? event.dataText : `${event.revisionText}@${event.stream}`;
}

const DELETED = '"$deleted":-1';

/** What is known of a link that is linked in place of its target. */
function linkOf({ id, metadata }: SourceEvent): string {
  return `"$link":${JSON.stringify({ eventId: id, metadata })}`;
}

const TICKS_PER_MS = 10_000n;
const TICKS_PER_MICROSECOND = 10n;

/** `yyyy-MM-ddTHH:mm:ss.ffffffZ` */
function timestamp(ticks: bigint): string {
  const micros = String((ticks % TICKS_PER_MS) / TICKS_PER_MICROSECOND).padStart(3, '0');
  return new Date(Number(ticks / TICKS_PER_MS)).toISOString().replace('Z', `${micros}Z`);
}
