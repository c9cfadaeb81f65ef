import { randomUUID } from 'node:crypto';
import type { NewEvent, OwnEvent } from '../streams/stream-writer.js';
import { tagJson } from './event-tag.js';
import { checkpointStreamOf, type ProjectionSettings } from './projection-settings.js';
import type { Emission, SystemProjection } from './rules.js';
import type { SourceEvent } from './source-event.js';

const NOTHING = Buffer.alloc(0);

/** What one projection writes, tagged with how far it has read. */
export class EmittedEvents {
  constructor(
    private readonly projection: SystemProjection,
    private readonly settings: ProjectionSettings,
  ) {}

  /** What it says to an event, if anything. */
  of(source: SourceEvent): OwnEvent | undefined {
    const emission = this.projection.emit(source);
    if (emission === undefined) return undefined;
    return {
      stream: emission.stream,
      event: this.#event(emission, source),
      startsAnewFrom: this.settings.epochPosition,
    };
  }

  checkpoint(position: number): OwnEvent[] {
    const event = (type: string, data: Buffer): NewEvent => ({
      id: randomUUID(),
      type,
      isJson: true,
      customMetadata: this.#tag(position),
      data,
    });
    const own = {
      stream: checkpointStreamOf(this.projection),
      event: event('$ProjectionCheckpoint', NOTHING),
    };
    const { checkpointStream } = this.projection;
    if (checkpointStream === undefined) return [own];
    const data = Buffer.from(JSON.stringify({ $c: position, $p: position }));
    return [own, { stream: checkpointStream, event: event('$Checkpoint', data) }];
  }

  #event({ type, data, metadata }: Emission, source: SourceEvent): NewEvent {
    const { correlationId } = source;
    const own = metadata === undefined ? '' : `,${metadata}`;
    const correlation =
      correlationId === undefined ? '' : `,"$correlationId":${JSON.stringify(correlationId)}`;
    const customMetadata = this.#tag(source.position, `${own},"$causedBy":"${source.id}"${correlation}`);
    return { id: randomUUID(), type, isJson: false, customMetadata, data: Buffer.from(data) };
  }

  #tag(position: number, rest?: string): Buffer {
    return tagJson({ id: this.projection.id, ...this.settings }, position, rest);
  }
}
