/** What one refusal of the HTTP edge itself means. */
export interface HttpErrorDefinition {
  readonly status: number;
  /** One sentence for a person; a problem's `title`. */
  readonly message: string;
}

/** Refusals of the HTTP edge: stable code -> status and meaning. Rules refuse with codes of their own contexts. */
export const HTTP_ERRORS = {
  VALIDATION_FAILED: { status: 400, message: 'The request has fields that are not valid.' },
  MALFORMED_JSON: { status: 400, message: 'The body is not valid JSON.' },
  BAD_HEADER: { status: 400, message: 'A header of the request is not valid.' },
  BAD_REQUEST: { status: 400, message: 'The request is not well formed.' },
  FORBIDDEN: { status: 403, message: 'The actor may not do this.' },
  ROUTE_NOT_FOUND: { status: 404, message: 'There is nothing at this address.' },
  METHOD_NOT_ALLOWED: { status: 405, message: 'This address does not answer that method.' },
  REQUEST_TIMEOUT: { status: 408, message: 'The request did not arrive in time.' },
  BODY_TOO_LARGE: { status: 413, message: 'The body is larger than the server accepts.' },
  URL_TOO_LONG: { status: 414, message: 'A part of the address is longer than the server accepts.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: 'The body must be application/json.' },
  HEADERS_TOO_LARGE: { status: 431, message: 'The headers are larger than the server accepts.' },
  INTERNAL: { status: 500, message: 'The server failed; the fault is in its log under this request id.' },
  OVERLOADED: { status: 503, message: 'The server has as many commands waiting as it accepts.' },
  SHUTTING_DOWN: { status: 503, message: 'The server is stopping.' },
} as const satisfies Readonly<Record<string, HttpErrorDefinition>>;

export type HttpErrorCode = keyof typeof HTTP_ERRORS;

/** One field that is not valid: its path (`lines[3].quantity`) and what would be right. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

export interface HttpErrorOptions extends ErrorOptions {
  /** What was wrong in this case: one sentence. */
  readonly detail?: string;
  /** The field or header at fault. */
  readonly field?: string;
  readonly errors?: readonly FieldFault[];
  /** When to try again, in whole seconds. */
  readonly retryAfterSeconds?: number;
  /** The methods that the address answers. */
  readonly allow?: readonly string[];
}

/** The HTTP edge itself refuses: no command was started. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;

  constructor(
    readonly code: HttpErrorCode,
    readonly options: HttpErrorOptions = {},
  ) {
    super(options.detail ?? HTTP_ERRORS[code].message, options);
    this.status = HTTP_ERRORS[code].status;
  }
}

export const badHeader = (header: string, expected: string): HttpError =>
  new HttpError('BAD_HEADER', { field: header, detail: `The header ${header} must be ${expected}.` });

export const badField = (field: string, message: string): HttpError =>
  new HttpError('VALIDATION_FAILED', { field, detail: `${field} ${message}.`, errors: [{ field, message }] });
