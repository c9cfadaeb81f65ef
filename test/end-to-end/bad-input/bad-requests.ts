import { type FieldKind, withField } from './field-kinds.js';

export interface CommandRoute {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  /** As the OpenAPI document writes it. */
  readonly route: string;
  /** The same with ids filled in. */
  readonly path: string;
  /** A body that would be accepted; none where the route takes none. */
  readonly body?: object;
  readonly fields?: Readonly<Record<string, FieldKind>>;
}

export interface BadRequest {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly status: number;
  readonly code: string;
  /** The field or header that the refusal has to name. */
  readonly field?: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };
/** The default of BODY_LIMIT_BYTES. */
const BODY_LIMIT_BYTES = 1_048_576;

/** Every way in which a command's body and headers can be wrong before its rules are asked. */
export function badRequestsTo({ method, path, body, fields = {} }: CommandRoute): BadRequest[] {
  const text = body && JSON.stringify(body);
  const request = (what: string, rest: Partial<BadRequest> & Pick<BadRequest, 'status' | 'code'>) => ({
    what,
    method,
    path,
    headers: text === undefined ? {} : JSON_TYPE,
    body: text,
    ...rest,
  });
  const invalid = (what: string, field: string, wrong: object): BadRequest =>
    request(`${what} ${field}`, {
      status: 400,
      code: 'VALIDATION_FAILED',
      field,
      body: JSON.stringify(wrong),
    });
  const header = (name: string, value: string): BadRequest =>
    request(`bad ${name}`, {
      status: 400,
      code: 'BAD_HEADER',
      field: name,
      headers: { ...(text !== undefined && JSON_TYPE), [name.toLowerCase()]: value },
    });
  return [
    request('bad JSON', { status: 400, code: 'MALFORMED_JSON', headers: JSON_TYPE, body: '{"reason": ' }),
    request('wrong content type', {
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
      headers: { 'content-type': 'application/xml' },
      body: '<order/>',
    }),
    request('oversized body', {
      status: 413,
      code: 'BODY_TOO_LARGE',
      headers: JSON_TYPE,
      body: JSON.stringify({ ...body, padding: 'x'.repeat(BODY_LIMIT_BYTES) }),
    }),
    ...(body ? [invalid('unknown field', 'surprise', { ...body, surprise: true })] : []),
    ...Object.entries(fields).flatMap(([field, { required, wrongType, tooMuch }]) => [
      ...(required ? [invalid('missing', field, withField(body ?? {}, field, undefined))] : []),
      invalid('wrong type of', field, withField(body ?? {}, field, wrongType)),
      ...(tooMuch === undefined
        ? []
        : [invalid('too much of', field, withField(body ?? {}, field, tooMuch))]),
    ]),
    header('Idempotency-Key', 'x'.repeat(201)),
    header('If-Match', 'not-a-revision'),
    header('X-Actor', 'x'.repeat(201)),
    header('X-Correlation-Id', 'two words'),
  ];
}
