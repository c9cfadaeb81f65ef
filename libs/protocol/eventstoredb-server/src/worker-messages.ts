/** What the node's thread tells the one that started it. */
export type FromWorker =
  | { readonly kind: 'listening'; readonly host: string; readonly port: number }
  | { readonly kind: 'failed'; readonly error: SentError }
  | { readonly kind: 'unexpected'; readonly message: string; readonly error: string }
  | { readonly kind: 'closed' };

/** What it is told. */
export type ToWorker = { readonly kind: 'close' };

/** An error without its class, which does not survive the way between threads. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
}
