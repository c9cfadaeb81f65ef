import type persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import { decode, persistent } from '../../generated-codecs.js';
import type { GrpcCall } from '../../grpc/index.js';
import type { NodeContext } from '../../node-context.js';
import { ALL, type ConnectionInfo, type GroupInfo } from '../../persistent-subscriptions/index.js';
import { invalidArgument } from '../errors.js';
import { withGroupErrors } from './group-errors.js';
import { groupNameOf, streamOf } from './group-name.js';

/** Without TLS and users every caller is the node itself. */
const USERNAME = 'system';

/** `PersistentSubscriptions.GetInfo`. */
export async function getInfo(call: GrpcCall, { persistentSubscriptions }: NodeContext): Promise<void> {
  const options = decode(persistent.GetInfoReq, await call.receiveOne()).getOptions();
  if (options === undefined) throw invalidArgument('The options are missing.');
  const group = groupNameOf(options);
  const info = await withGroupErrors(group, () =>
    persistentSubscriptions.get(group.source, group.name).info(),
  );
  const answer = new persistent.GetInfoResp();
  answer.setSubscriptionInfo(encodeInfo(info));
  call.write(answer.serializeBinary());
}

/** `PersistentSubscriptions.List`: all groups, or those of one source. */
export async function listGroups(call: GrpcCall, { persistentSubscriptions }: NodeContext): Promise<void> {
  const options = decode(persistent.ListReq, await call.receiveOne()).getOptions();
  const ofSource = options?.getListForStream();
  if (ofSource === undefined && !options?.hasListAllSubscriptions())
    throw invalidArgument('What to list is missing.');
  const source = ofSource && (ofSource.hasAll() ? ALL : streamOf(ofSource.getStream()));
  const infos = await withGroupErrors({ source: source ?? '', name: '' }, () =>
    persistentSubscriptions.list(source),
  );
  const answer = new persistent.ListResp();
  answer.setSubscriptionsList(infos.map(encodeInfo));
  call.write(answer.serializeBinary());
}

function encodeInfo(info: GroupInfo): persistentPb.SubscriptionInfo {
  const { entry, connections } = info;
  const { settings } = entry;
  const answer = new persistent.SubscriptionInfo();
  answer.setEventSource(entry.source);
  answer.setGroupName(entry.name);
  answer.setStatus(info.status);
  answer.setConnectionsList(connections.map(encodeConnection));
  answer.setAveragePerSecond(info.averagePerSecond);
  answer.setTotalItems(String(info.totalItems));
  answer.setCountSinceLastMeasurement(String(info.countSinceLastMeasurement));
  answer.setLastCheckpointedEventPosition(info.lastCheckpoint ?? '');
  answer.setLastKnownEventPosition(info.lastKnown ?? '');
  answer.setStartFrom(info.startFrom);
  answer.setReadBufferCount(info.readBufferCount);
  answer.setLiveBufferCount(String(info.liveBufferCount));
  answer.setRetryBufferCount(info.retryBufferCount);
  answer.setTotalInFlightMessages(connections.reduce((sum, { inFlightCount }) => sum + inFlightCount, 0));
  answer.setOutstandingMessagesCount(info.outstandingCount);
  answer.setParkedMessageCount(String(info.parkedCount));
  answer.setResolveLinkTos(settings.resolveLinks);
  answer.setMessageTimeoutMilliseconds(settings.messageTimeoutMs);
  answer.setExtraStatistics(settings.extraStatistics);
  answer.setMaxRetryCount(settings.maxRetryCount);
  answer.setLiveBufferSize(settings.liveBufferSize);
  answer.setBufferSize(settings.historyBufferSize);
  answer.setReadBatchSize(settings.readBatchSize);
  answer.setCheckPointAfterMilliseconds(settings.checkpointAfterMs);
  answer.setMinCheckPointCount(settings.minCheckpointCount);
  answer.setMaxCheckPointCount(settings.maxCheckpointCount);
  answer.setNamedConsumerStrategy(settings.strategy);
  answer.setMaxSubscriberCount(settings.maxSubscriberCount);
  return answer;
}

function encodeConnection(connection: ConnectionInfo): persistentPb.SubscriptionInfo.ConnectionInfo {
  const answer = new persistent.SubscriptionInfo.ConnectionInfo();
  answer.setUsername(USERNAME);
  answer.setConnectionName(connection.name);
  answer.setAverageItemsPerSecond(connection.averagePerSecond);
  answer.setTotalItems(String(connection.totalItems));
  answer.setCountSinceLastMeasurement(String(connection.countSinceLastMeasurement));
  answer.setAvailableSlots(connection.availableSlots);
  answer.setInFlightMessages(connection.inFlightCount);
  answer.setObservedMeasurementsList(
    connection.measurements.map(({ key, value }) => {
      const measurement = new persistent.SubscriptionInfo.Measurement();
      measurement.setKey(key);
      measurement.setValue(String(value));
      return measurement;
    }),
  );
  return answer;
}
