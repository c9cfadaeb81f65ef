/** gRPC status codes (google.golang.org/grpc/codes) that this node answers. */
export const GrpcStatus = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const;

/** Ends a call with a status other than OK. Trailer values may be any text; what is not printable ASCII is percent-encoded. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';

  constructor(
    readonly code: number,
    readonly details: string,
    readonly trailers: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(details, options);
  }
}

/** `grpc-message` percent-encodes all but printable ASCII and `%` (gRPC over HTTP/2, "Responses"). */
export function encodeGrpcMessage(text: string): string {
  if (/^[\x20-\x24\x26-\x7e]*$/.test(text)) return text;
  let encoded = '';
  for (const byte of Buffer.from(text, 'utf8'))
    encoded +=
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return encoded;
}

/** HTTP/2 header values are printable ASCII without spaces around; other text (stream names) travels percent-encoded. */
export function encodeTrailerValue(text: string): string {
  if (/^(?! )[\x20-\x7e]*(?<! )$/.test(text)) return text;
  return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8')); // mends lone surrogates, which would throw
}

/** Texts are cut there: a block of headers beyond 64 KiB is sent by no HTTP/2 peer, and one letter may take 9 bytes. */
const MAX_CHARACTERS = 2_000;

/** The trailers that end a call. */
export function statusTrailers(error: GrpcError | undefined): Record<string, string> {
  if (!error) return { 'grpc-status': '0' };
  const trailers: Record<string, string> = { 'grpc-status': String(error.code) };
  if (error.details) trailers['grpc-message'] = encodeGrpcMessage(cut(error.details));
  for (const [name, value] of Object.entries(error.trailers)) trailers[name] = encodeTrailerValue(cut(value));
  return trailers;
}

function cut(text: string): string {
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS)}…`;
}
