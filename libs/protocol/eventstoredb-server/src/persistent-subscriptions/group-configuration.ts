import type { GroupEntry } from './group-entry.js';
import { ALL, consumerStrategyNamed, type FilterSettings, type GroupSettings } from './group-settings.js';

/** As EventStoreDB writes it (PersistentSubscriptionConfig, version 2), and two fields of our own. */
interface StoredEntry {
  stream: string;
  group: string;
  filter?: StoredFilter;
  resolveLinkTos: boolean;
  extraStatistics: boolean;
  messageTimeout: number;
  startPosition: string;
  /** Ours: see GroupEntry. */
  endAtCreation: number;
  liveBufferSize: number;
  historyBufferSize: number;
  maxRetryCount: number;
  readBatchSize: number;
  checkPointAfter: number;
  minCheckPointCount: number;
  maxCheckPointCount: number;
  maxSubscriberCount: number;
  namedConsumerStrategy: string;
}

interface StoredFilter {
  context: 'streamid' | 'eventtype';
  type: 'regex' | 'prefix';
  /** The regular expression, or the prefixes with commas between. */
  data: string;
  /** Ours: the prefixes, which may have commas in them. */
  prefixes: readonly string[];
  isAllStream: true;
}

/** The data of a `$PersistentConfig` event: all groups of the node. */
export function storedConfiguration(entries: readonly GroupEntry[], nowMs: number): object {
  return {
    version: '2',
    updated: new Date(nowMs).toISOString(),
    updatedBy: 'system',
    entries: entries.map(storedEntry),
  };
}

function storedEntry({ source, name, settings, filter, endAtCreation }: GroupEntry): StoredEntry {
  const start = settings.startFrom === 'end' ? -1n : settings.startFrom;
  return {
    stream: source,
    group: name,
    ...(filter && { filter: storedFilter(filter) }),
    resolveLinkTos: settings.resolveLinks,
    extraStatistics: settings.extraStatistics,
    messageTimeout: settings.messageTimeoutMs,
    startPosition: source === ALL ? `C:${start}/P:${start}` : String(start),
    endAtCreation,
    liveBufferSize: settings.liveBufferSize,
    historyBufferSize: settings.historyBufferSize,
    maxRetryCount: settings.maxRetryCount,
    readBatchSize: settings.readBatchSize,
    checkPointAfter: settings.checkpointAfterMs,
    minCheckPointCount: settings.minCheckpointCount,
    maxCheckPointCount: settings.maxCheckpointCount,
    maxSubscriberCount: settings.maxSubscriberCount,
    namedConsumerStrategy: settings.strategy,
  };
}

function storedFilter({ on, regex, prefixes }: FilterSettings): StoredFilter {
  return {
    context: on === 'stream' ? 'streamid' : 'eventtype',
    type: regex === '' ? 'prefix' : 'regex',
    data: regex === '' ? prefixes.join(',') : regex,
    prefixes,
    isAllStream: true,
  };
}

/** @throws Error for what this node has not written. */
export function readConfiguration(data: string): GroupEntry[] {
  const { version, entries } = JSON.parse(data) as { version?: unknown; entries?: unknown };
  if (version !== '2' || !Array.isArray(entries)) throw new Error('It is not of version 2.');
  return entries.map((entry) => readEntry(entry as StoredEntry));
}

function readEntry(stored: StoredEntry): GroupEntry {
  for (const field of ['stream', 'group', 'startPosition'] as const)
    if (typeof stored[field] !== 'string') throw new Error(`An entry has no ${field}.`);
  for (const field of NUMBERS)
    if (!Number.isInteger(stored[field])) throw new Error(`The entry of ${stored.group} has no ${field}.`);
  return {
    source: stored.stream,
    name: stored.group,
    ...(stored.filter && { filter: readFilter(stored.filter) }),
    endAtCreation: stored.endAtCreation,
    settings: readSettings(stored),
  };
}

function readSettings(stored: StoredEntry): GroupSettings {
  const start = BigInt(/-?\d+/.exec(stored.startPosition)?.[0] ?? '0');
  return {
    startFrom: start < 0n ? 'end' : start,
    resolveLinks: stored.resolveLinkTos === true,
    extraStatistics: stored.extraStatistics === true,
    messageTimeoutMs: stored.messageTimeout,
    maxRetryCount: stored.maxRetryCount,
    checkpointAfterMs: stored.checkPointAfter,
    minCheckpointCount: stored.minCheckPointCount,
    maxCheckpointCount: stored.maxCheckPointCount,
    maxSubscriberCount: stored.maxSubscriberCount,
    liveBufferSize: stored.liveBufferSize,
    readBatchSize: stored.readBatchSize,
    historyBufferSize: stored.historyBufferSize,
    strategy: consumerStrategyNamed(stored.namedConsumerStrategy),
  };
}

const NUMBERS = [
  'endAtCreation',
  'messageTimeout',
  'maxRetryCount',
  'checkPointAfter',
  'minCheckPointCount',
  'maxCheckPointCount',
  'maxSubscriberCount',
  'liveBufferSize',
  'readBatchSize',
  'historyBufferSize',
] as const satisfies (keyof StoredEntry)[];

function readFilter({ context, type, data, prefixes }: StoredFilter): FilterSettings {
  const on = context === 'streamid' ? 'stream' : 'type';
  return type === 'regex' ? { on, regex: data, prefixes: [] } : { on, regex: '', prefixes };
}
