import { isDeepStrictEqual } from 'node:util';
import type { ResolvedEvent } from '@eventstore/db-client';
import type { Model, ModelEvent } from './model.js';

/** The node did not do what the model says. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';
}

export function mismatch(what: string, wanted: unknown, got: unknown): Mismatch {
  return new Mismatch(`${what}\n  wanted ${shown(wanted)}\n  got    ${shown(got)}`);
}

/** An event as a reader gets it. */
export interface Wanted {
  readonly event: ModelEvent | undefined;
  readonly link: ModelEvent | undefined;
}

/** What a reader is given for stored events, links followed where it asks for that. */
export function asGiven(
  model: Model,
  events: readonly ModelEvent[],
  resolves: boolean,
  nowMs: number,
): Wanted[] {
  return events.map((event) =>
    resolves && event.type === '$>'
      ? { event: model.target(event, nowMs), link: event }
      : { event, link: undefined },
  );
}

/** Holds what was read against what can be read at one moment between the request and now: events grow too old. */
export function checkRead(
  what: string,
  model: Model,
  sinceMs: number,
  wantedAt: (nowMs: number) => readonly Wanted[] | string,
  got: readonly ResolvedEvent[] | string,
): void {
  const read = typeof got === 'string' ? got : got.map(shape);
  const moments = [sinceMs, Date.now()];
  for (const { createdMs = 0 } of model.log.slice(-2_000))
    if (createdMs + 1_001 > sinceMs && createdMs <= Date.now()) moments.push(createdMs + 1_001);
  for (const moment of moments) {
    const wanted = wantedAt(moment);
    if (isDeepStrictEqual(typeof wanted === 'string' ? wanted : wanted.map(wantedShape), read)) return;
  }
  const wanted = wantedAt(Date.now());
  throw mismatch(what, typeof wanted === 'string' ? wanted : wanted.map(wantedShape), read);
}

/** Learns position, time and the ids that the node gave, from the node's own log. */
export function learn(wanted: ModelEvent, { event }: ResolvedEvent): void {
  if (event === undefined) throw mismatch('an event of $all', wanted, undefined);
  wanted.id ??= event.id;
  wanted.position = event.position?.commit as bigint;
  wanted.createdMs = event.created.getTime();
  if (!isDeepStrictEqual(recordedShape(event), modelShape(wanted)))
    throw mismatch('the next event of $all', modelShape(wanted), recordedShape(event));
}

const shape = ({ event, link }: ResolvedEvent) => [
  event && recordedShape(event),
  link && recordedShape(link),
];
const wantedShape = ({ event, link }: Wanted) => [event && modelShape(event), link && modelShape(link)];

function recordedShape(event: NonNullable<ResolvedEvent['event']>) {
  const { id, streamId, revision, type, isJson, data } = event;
  const text = isJson ? data : Buffer.from(data as Uint8Array).toString('latin1');
  return [streamId, revision, id, type, text, event.position?.commit];
}

function modelShape({ stream, revision, id, type, isJson, data, position }: ModelEvent) {
  return [stream, revision, id, type, isJson ? JSON.parse(data) : data, position];
}

function shown(value: unknown): string {
  const text =
    JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? `${each}n` : each)) ?? 'nothing';
  return text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text;
}
