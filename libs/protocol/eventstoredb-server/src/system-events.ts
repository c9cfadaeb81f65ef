import { randomUUID } from 'node:crypto';
import type { NewEvent, StreamWriter } from './streams/stream-writer.js';

const event = (type: string, data: object): NewEvent => ({
  id: randomUUID(),
  type,
  isJson: true,
  customMetadata: Buffer.alloc(0),
  data: Buffer.from(JSON.stringify(data)),
});

const user = (loginName: string, fullName: string, group: string) =>
  event('$UserCreated', { loginName, fullName, groups: [group], disabled: false });

/** What a new log holds from the start, as that of EventStoreDB: its clients expect `$all` not to be empty. */
export async function writeFirstSystemEvents(writer: StreamWriter): Promise<void> {
  const everybodyReads = {
    $acl: { $r: '$all', $w: '$admins', $d: '$admins', $mr: '$admins', $mw: '$admins' },
  };
  const appends: [stream: string, events: NewEvent[]][] = [
    ['$$$settings', [event('$metadata', everybodyReads)]],
    ['$users', [event('$User', {}), event('$User', {})]],
    ['$user-admin', [user('admin', 'Event Store Administrator', '$admins')]],
    ['$user-ops', [user('ops', 'Event Store Operations', '$ops')]],
  ];
  // All at once, so that a start waits for the disk once.
  await Promise.all(appends.map(([stream, events]) => writer.append(stream, 'no_stream', events)));
}
