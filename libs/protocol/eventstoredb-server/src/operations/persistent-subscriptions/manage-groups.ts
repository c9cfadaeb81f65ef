import { decode, persistent } from '../../generated-codecs.js';
import type { GrpcCall } from '../../grpc/index.js';
import type { NodeContext } from '../../node-context.js';
import { invalidArgument } from '../errors.js';
import { groupFailed, withGroupErrors } from './group-errors.js';
import { groupNameOf } from './group-name.js';
import { groupRequestOf } from './group-settings-request.js';

/** `PersistentSubscriptions.Create`. The stream need not be there. */
export async function createGroup(call: GrpcCall, { persistentSubscriptions }: NodeContext): Promise<void> {
  const options = decode(persistent.CreateReq, await call.receiveOne()).getOptions();
  const { group, settings, filter } = await groupRequestOf(options);
  await withGroupErrors(group, () =>
    persistentSubscriptions.create(group.source, group.name, settings, filter),
  );
  call.write(new persistent.CreateResp().serializeBinary());
}

/** `PersistentSubscriptions.Update`: drops the consumers, keeps checkpoint and filter. */
export async function updateGroup(call: GrpcCall, { persistentSubscriptions }: NodeContext): Promise<void> {
  const options = decode(persistent.UpdateReq, await call.receiveOne()).getOptions();
  const { group, settings } = await groupRequestOf(options);
  await withGroupErrors(group, () => persistentSubscriptions.update(group.source, group.name, settings));
  call.write(new persistent.UpdateResp().serializeBinary());
}

/** `PersistentSubscriptions.Delete`: drops the consumers, deletes checkpoint and parked events. */
export async function deleteGroup(call: GrpcCall, { persistentSubscriptions }: NodeContext): Promise<void> {
  const options = decode(persistent.DeleteReq, await call.receiveOne()).getOptions();
  if (options === undefined) throw invalidArgument('The options are missing.');
  const group = groupNameOf(options);
  await withGroupErrors(group, () => persistentSubscriptions.delete(group.source, group.name));
  call.write(new persistent.DeleteResp().serializeBinary());
}

/** `PersistentSubscriptions.ReplayParked`: answers before the events are delivered. */
export async function replayParked(call: GrpcCall, { persistentSubscriptions }: NodeContext): Promise<void> {
  const options = decode(persistent.ReplayParkedReq, await call.receiveOne()).getOptions();
  if (options === undefined) throw invalidArgument('The options are missing.');
  const group = groupNameOf(options);
  const stopAt = options.hasStopAt() ? Number(options.getStopAt()) : undefined;
  if (stopAt !== undefined && stopAt < 0)
    throw groupFailed(group, 'Cannot stop replaying parked message at a negative version.');
  await withGroupErrors(group, () =>
    persistentSubscriptions.get(group.source, group.name).replayParked(stopAt),
  );
  call.write(new persistent.ReplayParkedResp().serializeBinary());
}

/** `PersistentSubscriptions.RestartSubsystem`: drops all consumers, starts again from what is stored. */
export async function restartSubsystem(
  call: GrpcCall,
  { persistentSubscriptions }: NodeContext,
): Promise<void> {
  await call.receiveOne();
  await persistentSubscriptions.restart();
  call.write(new Uint8Array());
}
