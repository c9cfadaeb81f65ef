/** A command as a client sent it, and what it knows of its fate. */
export interface SentCommand {
  /** The `Idempotency-Key`. */
  readonly id: string;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body: object;
  /** The stream that it addresses. */
  readonly stream: string;
  /** Acknowledged: what was answered. Otherwise the outcome is unknown to the client. */
  answer?: { readonly revision: number; readonly position: string };
  /** Refused by a rule: nothing may have been recorded. */
  refusedWith?: string;
}
