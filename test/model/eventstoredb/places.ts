import { END, START } from '@eventstore/db-client';
import type { Expected, Model, ModelEvent } from './model.js';
import type { Expects, From } from './operation.js';

/** What the words and fractions of an operation are on this model, at this moment. */

export function expectedOf(model: Model, stream: string, expects: Expects, beforeRepeat: bigint): Expected {
  const last = model.last(stream);
  const revision = (wanted: bigint) => (wanted < 0n ? 'no_stream' : wanted);
  switch (expects) {
    case 'any':
      return 'any';
    case 'no stream':
      return 'no_stream';
    case 'stream exists':
      return 'stream_exists';
    case 'the last revision':
      return revision(last);
    case 'an earlier revision':
      return revision(last - 1n);
    case 'a later revision':
      return revision(last + 1n);
    case 'before the repeat':
      return revision(beforeRepeat);
  }
}

export function revisionAt(model: Model, stream: string, fraction: number): bigint {
  return BigInt(Math.floor(fraction * model.eventsOf(stream).length));
}

export function positionAt(model: Model, fraction: number): bigint {
  const { log } = model;
  const index = Math.floor(fraction * log.length);
  const found = log[index]?.position;
  return found ?? ((log.at(-1) as ModelEvent).position as bigint) + BigInt(1 + index - log.length);
}

export const fromPosition = (position: From | bigint) =>
  position === 'start'
    ? START
    : position === 'end'
      ? END
      : { commit: BigInt(position), prepare: BigInt(position) };
