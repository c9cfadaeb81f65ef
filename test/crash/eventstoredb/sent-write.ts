/** A write as a client sent it, and what it knows of its fate. */
export interface SentWrite {
  readonly kind: 'append' | 'delete' | 'tombstone';
  readonly stream: string;
  /** Ids of the events of an append, in order. */
  readonly ids: readonly string[];
  /** What was answered; without it the outcome is unknown: all of it is there, or nothing. */
  acknowledged?: { readonly revision: bigint; readonly position: bigint };
}
