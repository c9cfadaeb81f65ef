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
  await writer.append('$$$settings', 'no_stream', [event('$metadata', everybodyReads)]);
  await writer.append('$users', 'no_stream', [event('$User', {}), event('$User', {})]);
  await writer.append('$user-admin', 'no_stream', [user('admin', 'Event Store Administrator', '$admins')]);
  await writer.append('$user-ops', 'no_stream', [user('ops', 'Event Store Operations', '$ops')]);
}
