import { randomUUID } from 'node:crypto';
import { METADATA_TYPE, metadataStreamOf } from '../streams/stream-metadata.js';
import type { AppendOutcome, NewEvent } from '../streams/stream-writer.js';
import type { StoredLog } from './stored-log.js';

const NOTHING = Buffer.alloc(0);

export function jsonEvent(type: string, data: unknown): NewEvent {
  const json = Buffer.from(JSON.stringify(data));
  return { id: randomUUID(), type, isJson: true, customMetadata: NOTHING, data: json };
}

/**
 * Appends to a stream of the node's own. @throws LogUnavailableError when the disk did not take it;
 * Error when somebody ended the stream for good.
 */
export async function appendSystemEvents(
  { writer }: Pick<StoredLog, 'writer'>,
  stream: string,
  events: readonly NewEvent[],
): Promise<Extract<AppendOutcome, { kind: 'stored' }>> {
  const outcome = await writer.append(stream, 'any', events);
  if (outcome.kind !== 'stored') throw new Error(`The stream ${stream} has been tombstoned.`);
  return outcome;
}

export async function writeMetadata(
  stored: Pick<StoredLog, 'writer'>,
  stream: string,
  metadata: object,
): Promise<void> {
  await appendSystemEvents(stored, metadataStreamOf(stream), [jsonEvent(METADATA_TYPE, metadata)]);
}
