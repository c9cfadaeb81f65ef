const HIDDEN = /^(\$epoch-information|\$persistentsubscription-\$all::.*-(checkpoint|parked))$/s;

/** Streams that no reader of `$all` sees (EventStoreDB: SystemStreams, EventFilter.DefaultAllFilter). */
export function isHiddenFromAll(stream: string): boolean {
  return stream.startsWith('$') && HIDDEN.test(stream);
}
