import type { EventLog } from '../storage/index.js';
import { EventFramePeek } from '../wire/index.js';
import { isYoungEnough } from './event-age.js';
import type { StreamIndex } from './stream-index.js';
import { visibleStream } from './visible-stream.js';

const LINK_TYPE = Buffer.from('$>');
const peek = new EventFramePeek();

/** Whether the event stands for another (`$>`); its data is `<revision>@<stream>`. */
export function isLink(frame: Buffer): boolean {
  return peek.look(frame).isType(LINK_TYPE);
}

export interface LinkTarget {
  readonly stream: string;
  readonly revision: number;
}

/** What a link stands for; undefined when its data names no revision. */
export function linkTargetOf(linkData: Uint8Array): LinkTarget | undefined {
  const text = Buffer.from(linkData).toString();
  const at = text.indexOf('@');
  const revision = text.slice(0, Math.max(at, 0));
  return /^\d{1,19}$/.test(revision) ? { stream: text.slice(at + 1), revision: Number(revision) } : undefined;
}

/** The frame of the event that a link stands for; undefined when it cannot be read (any more). */
export async function readLinkTarget(
  { index, log }: { readonly index: StreamIndex; readonly log: EventLog },
  { stream, revision }: LinkTarget,
): Promise<Buffer | undefined> {
  const visible = visibleStream(index, log, stream);
  if (visible.kind !== 'readable' || revision < visible.firstRevision || revision > visible.lastRevision)
    return undefined;
  const position = visible.state.positionAt(revision);
  const frame = (await log.extentAt(position)).frame(position);
  return isYoungEnough(frame, visible.maxAgeSeconds) ? frame : undefined;
}
