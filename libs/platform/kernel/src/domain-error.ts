/** What a refusal means to the caller. Only the HTTP edge knows which status that is. */
export type ErrorKind = 'not_found' | 'conflict' | 'unprocessable' | 'precondition_failed' | 'unavailable';

export interface ErrorDefinition {
  readonly kind: ErrorKind;
  /** One sentence for a person; may be followed by what was wrong in this case (`detail`). */
  readonly message: string;
}

/** A context's errors are one table: stable code -> meaning. */
export type ErrorTable = Readonly<Record<string, ErrorDefinition>>;

export interface DomainErrorOptions extends ErrorOptions {
  /** What was wrong in this case: one sentence. */
  readonly detail?: string;
  /** The field of the command that is at fault, as a path: `lines[3].quantity`. */
  readonly field?: string;
}

/** A rule said no. Carries a stable code; nothing was recorded. */
export class DomainError extends Error {
  override readonly name: string = 'DomainError';
  readonly kind: ErrorKind;
  readonly detail: string | undefined;
  readonly field: string | undefined;

  constructor(
    readonly code: string,
    definition: ErrorDefinition,
    options: DomainErrorOptions = {},
  ) {
    super(options.detail ?? definition.message, options);
    this.kind = definition.kind;
    this.detail = options.detail;
    this.field = options.field;
  }
}
