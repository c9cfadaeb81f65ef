import { STATUS_CODES } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { HTTP_ERRORS, type HttpErrorCode } from '../problems/http-error.js';
import { KIND_STATUS } from '../problems/problem.js';
import { OPERATION, type OperationOptions } from './operation.js';
import { schemaOf } from './schema-of.js';

export interface DocumentOptions {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
}

type OpenApiOperation = NonNullable<OpenAPIObject['paths'][string]['get']>;
const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** Every operation of the document, as `POST /orders`. */
export const operationsIn = (document: OpenAPIObject): [string, OpenApiOperation][] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method): [string, OpenApiOperation][] => {
      const operation = item[method];
      return operation ? [[`${method.toUpperCase()} ${path}`, operation]] : [];
    }),
  );

/** The OpenAPI 3 document of an app: routes and DTOs as Nest finds them, examples and problems as `@Operation` says. */
export function openApiDocument(
  app: INestApplication,
  { title, version, description = '' }: DocumentOptions,
): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle(title)
    .setVersion(version)
    .setDescription(description)
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: PROBLEM },
  };
  for (const [name, operation] of operationsIn(document)) {
    addPathParameters(name, operation);
    complete(operation);
  }
  return document;
}

/** A parameter whose type says nothing is not documented by Nest, nor one that the handler does not take. */
function addPathParameters(name: string, operation: OpenApiOperation): void {
  const known = (operation.parameters ?? []).flatMap((one) => ('name' in one ? [one.name] : []));
  const missing = [...name.matchAll(/\{(\w+)\}/g)].flatMap(([, parameter = '']) =>
    known.includes(parameter) ? [] : [{ name: parameter, in: 'path' as const, required: true, schema: TEXT }],
  );
  operation.parameters = [...(operation.parameters ?? []), ...missing];
}

function complete(operation: OpenApiOperation): void {
  const extended = operation as OpenApiOperation & { [OPERATION]?: OperationOptions };
  const options = extended[OPERATION];
  delete extended[OPERATION];
  if (options) {
    addExamples(operation, options);
    addAnswer(operation, options);
  }
  addProblems(operation, options);
}

function addExamples(operation: OpenApiOperation, { params = {}, request }: OperationOptions): void {
  for (const parameter of operation.parameters ?? [])
    if ('name' in parameter && parameter.name in params) parameter.example = params[parameter.name];
  const body = operation.requestBody;
  const json = body && 'content' in body ? body.content['application/json'] : undefined;
  if (json && request !== undefined) json.example = request;
}

function addAnswer(operation: OpenApiOperation, { answer }: OperationOptions): void {
  const {
    status = 200,
    example,
    mediaType = 'application/json',
    description = STATUS_CODES[status] ?? '',
  } = answer;
  for (const made of Object.keys(operation.responses))
    if (made.startsWith('2')) delete operation.responses[made];
  operation.responses[String(status)] = {
    description,
    ...(example === undefined ? {} : { content: { [mediaType]: { schema: schemaOf(example), example } } }),
  };
}

/** What the edge itself may refuse, with and without a body. */
const OF_EVERY: readonly HttpErrorCode[] = ['VALIDATION_FAILED', 'BAD_HEADER', 'SHUTTING_DOWN', 'INTERNAL'];
const OF_BODIES: readonly HttpErrorCode[] = [
  'MALFORMED_JSON',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'OVERLOADED',
];

function addProblems(operation: OpenApiOperation, options: OperationOptions | undefined): void {
  const edge = operation.requestBody ? [...OF_EVERY, ...OF_BODIES] : OF_EVERY;
  const all = [
    ...edge.map((code) => ({ code, ...HTTP_ERRORS[code] })),
    ...Object.entries(options?.refusals ?? {}).map(([code, { kind, message }]) => ({
      code,
      message,
      status: KIND_STATUS[kind],
    })),
  ];
  for (const status of new Set(all.map((one) => one.status)))
    operation.responses[String(status)] = problemResponse(
      status,
      all.filter((one) => one.status === status),
    );
}

function problemResponse(status: number, problems: readonly { code: string; message: string }[]) {
  const title = STATUS_CODES[status] ?? 'Error';
  const examples = problems.map(({ code, message }) => {
    const value = {
      type: 'about:blank',
      title,
      status,
      detail: message,
      code,
      instance: '/orders',
      requestId: 'r-1',
    };
    return [code, { summary: message, value }];
  });
  return {
    description: problems.map(({ code, message }) => `\`${code}\`: ${message}`).join('\n\n'),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(examples),
      },
    },
  };
}

const TEXT = { type: 'string' } as const;
const PROBLEM = {
  type: 'object',
  description: 'RFC 9457. `code` is stable: act on it, show `detail`.',
  required: ['type', 'title', 'status', 'detail', 'code', 'instance', 'requestId'],
  properties: {
    type: TEXT,
    title: TEXT,
    status: { type: 'integer' },
    detail: TEXT,
    code: TEXT,
    instance: TEXT,
    requestId: TEXT,
    field: { ...TEXT, description: 'The field or header at fault: `lines[3].quantity`.' },
    errors: {
      type: 'array',
      items: { type: 'object', required: ['field', 'message'], properties: { field: TEXT, message: TEXT } },
    },
  },
};

/** What the document leaves without an example or a summary, as `POST /orders: request`; for a spec of each app. */
export const operationsWithoutExample = (document: OpenAPIObject): string[] =>
  operationsIn(document).flatMap(([name, operation]) =>
    missingIn(operation).map((what) => `${name}: ${what}`),
  );

function missingIn(operation: OpenApiOperation): string[] {
  const missing = operation.summary ? [] : ['summary'];
  const body = operation.requestBody;
  const json = body && 'content' in body ? body.content['application/json'] : undefined;
  if (json && json.example === undefined) missing.push('request');
  for (const parameter of operation.parameters ?? [])
    if ('name' in parameter && parameter.in === 'path' && parameter.example === undefined)
      missing.push(`parameter ${parameter.name}`);
  for (const [status, response] of Object.entries(operation.responses)) {
    const content = response && 'content' in response ? Object.values(response.content ?? {}) : [];
    const isShown =
      content.length > 0 && content.every(({ example, examples }) => example !== undefined || examples);
    if (status.startsWith('2') && status !== '204' && !isShown) missing.push(`answer ${status}`);
  }
  return missing;
}
