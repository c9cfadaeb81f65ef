/** The part of mingo's options that is used. */
export interface MingoOptions {
  readonly variables?: Record<string, unknown>;
  readonly collectionResolver?: (name: string) => Record<string, unknown>[];
  readonly scriptEnabled?: boolean;
}

export interface AggregatorLike {
  run(documents: readonly object[]): object[];
}
