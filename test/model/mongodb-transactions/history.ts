/** What a transaction did to one list: put a value at its end, or read it. */
export type Step =
  | { readonly kind: 'append'; readonly list: string; readonly value: number }
  | { readonly kind: 'read'; readonly list: string; readonly values: readonly number[] };

/** One transaction, or a single statement outside of one. */
export interface Recorded {
  readonly client: number;
  readonly steps: readonly Step[];
  readonly committed: boolean;
}

export type Lists = ReadonlyMap<string, readonly number[]>;
