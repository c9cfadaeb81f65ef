import type { ProjectionVersion } from './projection-settings.js';

/**
 * Where a projection was when it wrote something: JSON in the metadata of each of its events, so that what is
 * written and how far it reaches are one (EventStoreDB: CheckpointTag).
 *
 *     {"$v": "<projection>:<epoch>:<version>:<tag version>", "$c": <position>, "$p": <position>, …}
 */
const TAG_VERSION = 3;

export function tagJson(version: ProjectionVersion, position: number, rest = ''): Buffer {
  const { id, epoch, version: number } = version;
  return Buffer.from(
    `{"$v":"${id}:${epoch}:${number}:${TAG_VERSION}","$c":${position},"$p":${position}${rest}}`,
  );
}

/** The position of a tag, if it is of this projection and not from before it was reset. */
export function taggedPosition(version: ProjectionVersion, metadata: Uint8Array): number | undefined {
  const tag = parsed(metadata);
  const [id, , number] = typeof tag?.['$v'] === 'string' ? tag['$v'].split(':').map(Number) : [];
  const position = tag?.['$p'];
  if (id !== version.id || number === undefined || number < version.epoch) return undefined;
  return typeof position === 'number' && Number.isSafeInteger(position) ? position : undefined;
}

function parsed(json: Uint8Array): Record<string, unknown> | undefined {
  try {
    return Object(JSON.parse(Buffer.from(json).toString())) as Record<string, unknown>;
  } catch {
    return undefined; // anybody may write to the streams of a projection
  }
}
