import type persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import {
  ALL,
  consumerStrategyNamed,
  type FilterSettings,
  type GroupSettings,
} from '../../persistent-subscriptions/index.js';
import { invalidArgument } from '../errors.js';
import { type GroupName, groupFailed, withGroupErrors } from './group-errors.js';
import { streamOf } from './group-name.js';

type Options = persistentPb.CreateReq.Options | persistentPb.UpdateReq.Options;
type Settings = persistentPb.CreateReq.Settings | persistentPb.UpdateReq.Settings;

export interface GroupRequest {
  readonly group: GroupName;
  readonly settings: GroupSettings;
  readonly filter: FilterSettings | undefined;
}

/** What Create and Update have in common. @throws GrpcError */
export async function groupRequestOf(options: Options | undefined): Promise<GroupRequest> {
  const settings = options?.getSettings();
  if (options === undefined || settings === undefined) throw invalidArgument('The options are missing.');
  const { group, startFrom } = startOf(options, settings);
  return {
    group,
    settings: await withGroupErrors(group, () => ({ startFrom, ...settingsOf(settings) })),
    filter: filterOf(options.getAll()),
  };
}

/** Older clients say stream and start in fields of their own. */
function startOf(
  options: Options,
  settings: Settings,
): Pick<GroupRequest, 'group'> & Pick<GroupSettings, 'startFrom'> {
  const name = options.getGroupName();
  const all = options.getAll();
  if (all !== undefined) return { group: { source: ALL, name }, startFrom: positionOf(all, name) };
  const stream = options.getStream();
  const source = streamOf(stream?.getStreamIdentifier() ?? options.getStreamIdentifier(), name);
  const startFrom = stream === undefined ? asRevision(settings.getRevision()) : revisionOf(stream);
  return { group: { source, name }, startFrom };
}

const END_REVISION = 2n ** 64n - 1n;

function asRevision(text: string): bigint | 'end' {
  const revision = BigInt(text);
  return revision === END_REVISION ? 'end' : revision;
}

function revisionOf(
  stream: persistentPb.CreateReq.StreamOptions | persistentPb.UpdateReq.StreamOptions,
): bigint | 'end' {
  if (stream.hasRevision()) return asRevision(stream.getRevision());
  if (stream.hasStart()) return 0n;
  if (stream.hasEnd()) return 'end';
  throw invalidArgument('The revision to start from is missing.');
}

function positionOf(
  all: persistentPb.CreateReq.AllOptions | persistentPb.UpdateReq.AllOptions,
  name: string,
): bigint | 'end' {
  const position = all.getPosition();
  if (position === undefined) {
    if (all.hasStart()) return 0n;
    if (all.hasEnd()) return 'end';
    throw invalidArgument('The position to start from is missing.');
  }
  const commit = asRevision(position.getCommitPosition());
  const prepare = asRevision(position.getPreparePosition());
  if (commit === 'end' && prepare === 'end') return 'end';
  if (commit === 'end' || prepare === 'end' || prepare > commit)
    throw groupFailed(
      { source: ALL, name },
      'Invalid Start From position: prepare position must be less than or equal to the commit position.',
    );
  return commit;
}

const TICKS_PER_MS = 10_000;
const STRATEGY_BY_NUMBER = ['DispatchToSingle', 'RoundRobin', 'Pinned'];

/** @throws GroupSettingsError */
function settingsOf(settings: Settings): Omit<GroupSettings, 'startFrom'> {
  const named = 'getConsumerStrategy' in settings ? settings.getConsumerStrategy() : '';
  const byNumber = settings.getNamedConsumerStrategy();
  return {
    resolveLinks: settings.getResolveLinks(),
    extraStatistics: settings.getExtraStatistics(),
    messageTimeoutMs: settings.hasMessageTimeoutTicks()
      ? ticksToMs(settings.getMessageTimeoutTicks())
      : settings.getMessageTimeoutMs(),
    maxRetryCount: settings.getMaxRetryCount(),
    checkpointAfterMs: settings.hasCheckpointAfterTicks()
      ? ticksToMs(settings.getCheckpointAfterTicks())
      : settings.getCheckpointAfterMs(),
    minCheckpointCount: settings.getMinCheckpointCount(),
    maxCheckpointCount: settings.getMaxCheckpointCount(),
    maxSubscriberCount: settings.getMaxSubscriberCount(),
    liveBufferSize: settings.getLiveBufferSize(),
    readBatchSize: settings.getReadBatchSize(),
    historyBufferSize: settings.getHistoryBufferSize(),
    strategy: consumerStrategyNamed(named || (STRATEGY_BY_NUMBER[byNumber] ?? String(byNumber))),
  };
}

function ticksToMs(ticks: string): number {
  return Math.trunc(Number(ticks) / TICKS_PER_MS);
}

/** Only Create has a filter: an update keeps it. */
function filterOf(
  all: persistentPb.CreateReq.AllOptions | persistentPb.UpdateReq.AllOptions | undefined,
): FilterSettings | undefined {
  const filter = all !== undefined && 'getFilter' in all ? all.getFilter() : undefined;
  if (filter === undefined) return undefined;
  const expression = filter.getStreamIdentifier() ?? filter.getEventType();
  if (expression === undefined) throw invalidArgument('The filter has no expression.');
  const regex = expression.getRegex();
  return {
    on: filter.hasStreamIdentifier() ? 'stream' : 'type',
    regex,
    prefixes: regex === '' ? expression.getPrefixList() : [],
  };
}
