import { randomUUID } from 'node:crypto';
import type { StoredNode } from '../node-context.js';
import type { NewEvent } from '../streams/stream-writer.js';
import { visibleStream } from '../streams/visible-stream.js';
import { readEventFrame } from '../wire/index.js';
import type { SystemProjection } from './rules.js';

export interface ProjectionVersion {
  readonly id: number;
  /** Counts resets. */
  readonly version: number;
  /** The version of the last reset: what an older one wrote does not count. -1 before the first. */
  readonly epoch: number;
}

/** What is kept about a projection in its stream `$projections-<name>`. */
export interface ProjectionSettings {
  readonly enabled: boolean;
  readonly version: number;
  readonly epoch: number;
  /** Log position from which on all lies that was written since the last reset. */
  readonly epochPosition: number;
  /** Position of the last event dealt with when this was written; -1 for none. */
  readonly handledPosition: number;
}

export const NEW_PROJECTION: ProjectionSettings = {
  enabled: false,
  version: 1,
  epoch: -1,
  epochPosition: 0,
  handledPosition: -1,
};

export const settingsStreamOf = ({ name }: SystemProjection) => `$projections-${name}`;
export const checkpointStreamOf = ({ name }: SystemProjection) => `$projections-${name}-checkpoint`;

/** The settings, and the position of the event that holds them; -1 when there is none. */
export async function readSettings(
  { log, index }: Pick<StoredNode, 'log' | 'index'>,
  projection: SystemProjection,
): Promise<{ settings: ProjectionSettings; at: number }> {
  const visible = visibleStream(index, log, settingsStreamOf(projection));
  if (visible.kind !== 'readable') return { settings: NEW_PROJECTION, at: -1 };
  const at = visible.state.positionAt(visible.lastRevision);
  const { data } = readEventFrame((await log.extentAt(at)).frame(at));
  return { settings: parseSettings(Buffer.from(data).toString()), at };
}

/** Anybody may write to the stream; what makes no sense leaves the projection as it comes. */
function parseSettings(json: string): ProjectionSettings {
  try {
    const { enabled, version, epoch, epochPosition, handledPosition } = Object(
      JSON.parse(json),
    ) as ProjectionSettings;
    const areWhole = [version, epoch, epochPosition, handledPosition].every(Number.isSafeInteger);
    if (typeof enabled !== 'boolean' || !areWhole) return NEW_PROJECTION;
    return { enabled, version, epoch, epochPosition, handledPosition };
  } catch {
    return NEW_PROJECTION;
  }
}

export function settingsEvent(projection: SystemProjection, settings: ProjectionSettings): NewEvent {
  const { handlerType, query } = projection;
  const data = { handlerType, query, mode: 'continuous', emitEnabled: true, ...settings };
  return {
    id: randomUUID(),
    type: '$ProjectionUpdated',
    isJson: true,
    customMetadata: Buffer.alloc(0),
    data: Buffer.from(JSON.stringify(data)),
  };
}
