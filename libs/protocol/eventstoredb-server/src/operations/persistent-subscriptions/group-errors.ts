import { GrpcError, GrpcStatus } from '../../grpc/index.js';
import {
  GroupExistsError,
  GroupNotFoundError,
  GroupSettingsError,
} from '../../persistent-subscriptions/index.js';

export interface GroupName {
  /** A stream, or `$all`. */
  readonly source: string;
  readonly name: string;
}

/** Errors with the trailers by which clients tell them apart (EventStoreDB: RpcExceptions, Constants). */

function trailersOf(exception: string, { source, name }: GroupName): Record<string, string> {
  return { exception, 'stream-name': source, 'group-name': name };
}

export function groupNotFound(group: GroupName): GrpcError {
  return new GrpcError(
    GrpcStatus.NOT_FOUND,
    `Subscription group ${group.name} on stream ${group.source} does not exist.`,
    trailersOf('persistent-subscription-does-not-exist', group),
  );
}

export function groupExists(group: GroupName): GrpcError {
  return new GrpcError(
    GrpcStatus.ALREADY_EXISTS,
    `Subscription group ${group.name} on stream ${group.source} exists.`,
    trailersOf('persistent-subscription-exists', group),
  );
}

export function groupFailed(group: GroupName, reason: string): GrpcError {
  return new GrpcError(
    GrpcStatus.INTERNAL,
    `Subscription group ${group.name} on stream ${group.source} failed: '${reason}'`,
    { ...trailersOf('persistent-subscription-failed', group), reason },
  );
}

export function maximumSubscribersReached(group: GroupName): GrpcError {
  return new GrpcError(
    GrpcStatus.FAILED_PRECONDITION,
    `Maximum subscriptions reached for subscription group ${group.name} on stream ${group.source}.`,
    trailersOf('maximum-subscribers-reached', group),
  );
}

export function groupDropped(group: GroupName): GrpcError {
  return new GrpcError(
    GrpcStatus.CANCELLED,
    `Subscription group ${group.name} on stream ${group.source} was dropped.`,
    trailersOf('persistent-subscription-dropped', group),
  );
}

/** Does something with a group, its errors as a client knows them. */
export async function withGroupErrors<Result>(
  group: GroupName,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GroupNotFoundError) throw groupNotFound(group);
    if (error instanceof GroupExistsError) throw groupExists(group);
    if (error instanceof GroupSettingsError) throw groupFailed(group, error.message);
    throw error;
  }
}
