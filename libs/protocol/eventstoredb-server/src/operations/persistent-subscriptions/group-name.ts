import type sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import { ALL } from '../../persistent-subscriptions/index.js';
import { type GroupName, groupFailed } from './group-errors.js';

interface GroupOptions {
  hasAll(): boolean;
  getStreamIdentifier(): sharedPb.StreamIdentifier | undefined;
  getGroupName(): string;
}

/** The group that a request is about. @throws GrpcError INTERNAL for a stream that cannot be. */
export function groupNameOf(options: GroupOptions): GroupName {
  const name = options.getGroupName();
  if (options.hasAll()) return { source: ALL, name };
  return { source: streamOf(options.getStreamIdentifier(), name), name };
}

export function streamOf(identifier: sharedPb.StreamIdentifier | undefined, groupName = ''): string {
  const stream = Buffer.from(identifier?.getStreamName_asU8() ?? []).toString();
  if (stream === '') throw groupFailed({ source: stream, name: groupName }, 'Bad stream name.');
  if (stream === ALL)
    throw groupFailed({ source: stream, name: groupName }, 'For $all use the option made for it.');
  return stream;
}
