import type { ServerOptions } from './server.js';

export type ThreadOptions = Omit<ServerOptions, 'report'>;

/** What the thread is told to do. */
export type ToThread =
  | { readonly kind: 'close' }
  /** Copies the store into a folder that is not there yet. */
  | { readonly kind: 'copy'; readonly id: number; readonly folder: string };

/** What the server's thread tells the one that started it. */
export type FromThread =
  | { readonly kind: 'listening'; readonly address: { readonly host: string; readonly port: number } }
  | { readonly kind: 'failed'; readonly message: string; readonly code?: string }
  | { readonly kind: 'report'; readonly message: string; readonly error: string }
  | { readonly kind: 'copied'; readonly id: number; readonly error?: string }
  | { readonly kind: 'closed' };
