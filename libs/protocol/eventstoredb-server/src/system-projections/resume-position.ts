import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StoredNode } from '../node-context.js';
import { visibleStream } from '../streams/visible-stream.js';
import { readEventFrame } from '../wire/index.js';
import { taggedPosition } from './event-tag.js';
import { checkpointStreamOf, type ProjectionVersion, readSettings } from './projection-settings.js';
import type { SystemProjection } from './rules.js';
import { SourceEvent } from './source-event.js';

type Log = Pick<StoredNode, 'log' | 'index'>;

/**
 * Position of the last event that the projection has dealt with for good; -1 for none. Each of its events says
 * it; only those behind its settings and its last checkpoint are looked at, so a restart need not search far.
 */
export async function lastHandledPosition(node: Log, projection: SystemProjection): Promise<number> {
  const { log } = node;
  const { settings, at: settingsAt } = await readSettings(node, projection);
  const version = { id: projection.id, ...settings };
  const checkpoint = await lastCheckpoint(node, projection, version);
  let handled = Math.max(settings.handledPosition, checkpoint.handled);
  const event = new SourceEvent();
  for (let position = Math.max(settingsAt, checkpoint.at, 0); position < log.endPosition; ) {
    const extent = await log.extentAt(position);
    const end = Math.min(extent.endPosition, log.endPosition);
    for (; position < end; position++) {
      const frame = extent.frame(position);
      if (event.look(frame).isOfUser || !event.isEmitted) continue;
      handled = Math.max(handled, taggedPosition(version, readEventFrame(frame).customMetadata) ?? -1);
    }
    await nextTurn();
  }
  return handled;
}

async function lastCheckpoint({ log, index }: Log, projection: SystemProjection, version: ProjectionVersion) {
  const none = { at: -1, handled: -1 };
  const visible = visibleStream(index, log, checkpointStreamOf(projection));
  if (visible.kind !== 'readable') return none;
  const at = visible.state.positionAt(visible.lastRevision);
  const { customMetadata } = readEventFrame((await log.extentAt(at)).frame(at));
  const handled = taggedPosition(version, customMetadata);
  return handled === undefined ? none : { at, handled };
}
