import 'reflect-metadata';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, HttpCode, Module, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { CommandContext } from '#libs/platform/event-store';
import { DomainError } from '#libs/platform/kernel';
import { createLogger } from '#libs/platform/observability';
import {
  CommandContextOf,
  commandReply,
  createHttpApp,
  DecimalText,
  errorsOf,
  type HttpApp,
  Id,
  ListOf,
  Operation,
  openApiDocument,
  operationsWithoutExample,
  page,
  Text,
  WholeNumber,
} from './index.js';

const ERRORS = {
  THING_NOT_FOUND: { kind: 'not_found', message: 'There is no such thing.' },
  THING_TAKEN: { kind: 'conflict', message: 'The thing is taken.' },
  THING_STALE: { kind: 'precondition_failed', message: 'The thing has changed.' },
  THING_CLOSED: { kind: 'unprocessable', message: 'The thing is closed.' },
  THINGS_AWAY: { kind: 'unavailable', message: 'The things are away.' },
} as const;

class Part {
  @Text({ max: 20, example: '85123A' }) code!: string;
  @DecimalText({ example: '2.55' }) price!: string;
}
class MakeThing {
  @Id({ optional: true }) id?: string;
  @ListOf(() => Part, { min: 1, max: 2_000 }) parts!: Part[];
}
class Things {
  @WholeNumber({ min: 1, max: 200, inQuery: true, optional: true, example: 50 }) limit = 50;
}

@Controller('things')
class ThingController {
  @Post()
  @Operation({
    summary: 'Make a thing',
    tag: 'things',
    request: { parts: [{ code: '85123A', price: '2.55' }] },
    answer: { status: 201, example: { id: 't-1', revision: 0, position: '1234' } },
    refusals: errorsOf(ERRORS, 'THING_TAKEN'),
  })
  make(
    @Body() body: MakeThing,
    @CommandContextOf('MakeThing') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const answer = { revision: 0n, position: 1234n, recorded: 1 };
    return commandReply(reply, 201, answer, {
      location: `/things/${body.id}`,
      body: { id: body.id, parts: body.parts.length, by: context.actor, of: context.correlationId },
    });
  }

  @Get()
  @Operation({ summary: 'List things', answer: { example: { items: [], links: { self: '/things' } } } })
  list(@Query() query: Things, @Res({ passthrough: true }) reply: FastifyReply) {
    return page(reply, { items: [query.limit] });
  }

  @Get('refused/:code')
  refuse(@Param('code') code: keyof typeof ERRORS) {
    if (!(code in ERRORS)) throw new TypeError('secret of the house');
    throw new DomainError(code, ERRORS[code], { field: 'parts[0].code' });
  }

  @Post(':id/close')
  @HttpCode(204)
  close() {}
}

@Module({ controllers: [ThingController] })
class ThingModule {}

const lines: string[] = [];
const destination = new Writable({
  write(chunk, _encoding, done) {
    lines.push(String(chunk));
    done();
  },
});
const logger = createLogger({ level: 'info', format: 'json', destination });
const thing = { id: 't-1', parts: [{ code: '85123A', price: '2.55' }] };
let app: HttpApp;
beforeAll(async () => {
  app = await createHttpApp(ThingModule, { logger });
});
afterAll(() => app.stop());

const post = (payload: unknown, headers: Record<string, string> = {}, url = '/things') =>
  app.server.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: payload as string,
  });

describe('a command', () => {
  it('is answered with revision, position, ETag and Location', async () => {
    const reply = await post(thing, { 'x-actor': 'Ada', 'x-request-id': 'r-7' });
    expect(reply.statusCode).toBe(201);
    expect(reply.headers).toMatchObject({ etag: '"0"', location: '/things/t-1' });
    expect(reply.json()).toEqual({
      id: 't-1',
      parts: 1,
      by: 'Ada',
      of: 'r-7',
      revision: 0,
      position: '1234',
    });
  });

  it('may have 2,000 lines', async () =>
    expect((await post({ parts: Array(2_000).fill(thing.parts[0]) })).json()).toMatchObject({
      parts: 2_000,
    }));

  it('may name its character set', async () =>
    expect((await post(thing, { 'content-type': 'Application/JSON; charset=utf-8' })).statusCode).toBe(201));

  it('needs no body where the route takes none', async () => {
    expect((await post('', {}, '/things/t-1/close')).statusCode).toBe(204);
    expect((await app.server.inject({ method: 'POST', url: '/things/t-1/close' })).statusCode).toBe(204);
  });
});

describe('a query', () => {
  it('reads numbers from the query string, and has defaults', async () => {
    expect((await app.server.inject('/things?limit=7')).json()).toEqual({
      items: [7],
      links: { self: '/things?limit=7' },
    });
    expect((await app.server.inject('/things')).json()).toMatchObject({ items: [50] });
  });
});

describe('a refusal', () => {
  const json = { 'content-type': 'application/json' };
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  it.each<[string, object, number, string, string | undefined]>([
    [
      'a missing field',
      { url: '/things', method: 'POST', headers: json, payload: '{}' },
      400,
      'VALIDATION_FAILED',
      'parts',
    ],
    ['no body', { url: '/things', method: 'POST' }, 400, 'VALIDATION_FAILED', 'parts'],
    [
      'an unknown field',
      { url: '/things', method: 'POST', headers: json, payload: JSON.stringify({ ...thing, x: 1 }) },
      400,
      'VALIDATION_FAILED',
      'x',
    ],
    [
      'a fault in a line',
      { url: '/things', method: 'POST', headers: json, payload: '{"parts":[{"code":"x","price":2.5}]}' },
      400,
      'VALIDATION_FAILED',
      'parts[0].price',
    ],
    [
      'a list',
      { url: '/things', method: 'POST', headers: json, payload: '[]' },
      400,
      'VALIDATION_FAILED',
      'parts',
    ],
    ['a fault in the query', { url: '/things?limit=0' }, 400, 'VALIDATION_FAILED', 'limit'],
    ['an unknown parameter', { url: '/things?colour=red' }, 400, 'VALIDATION_FAILED', 'colour'],
    [
      'bad JSON',
      { url: '/things', method: 'POST', headers: json, payload: '{"parts":' },
      400,
      'MALFORMED_JSON',
      undefined,
    ],
    [
      'a prototype key',
      { url: '/things', method: 'POST', headers: json, payload: '{"__proto__":{"a":1}}' },
      400,
      'MALFORMED_JSON',
      undefined,
    ],
    [
      'JSON nested too deep',
      { url: '/things', method: 'POST', headers: json, payload: deep },
      400,
      'MALFORMED_JSON',
      undefined,
    ],
    [
      'another encoding',
      { url: '/things', method: 'POST', headers: json, payload: Buffer.from('{"id":"\xe9"}', 'latin1') },
      400,
      'MALFORMED_JSON',
      undefined,
    ],
    [
      'a form',
      {
        url: '/things',
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'a=1',
      },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      undefined,
    ],
    [
      'a text',
      { url: '/things', method: 'POST', headers: { 'content-type': 'text/plain' }, payload: '{}' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      undefined,
    ],
    [
      'a body of no type',
      { url: '/things', method: 'POST', payload: '{}' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      undefined,
    ],
    [
      'JSON of another kind',
      { url: '/things', method: 'POST', headers: { 'content-type': 'application/x+json' }, payload: '{}' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      undefined,
    ],
    [
      'a large body',
      { url: '/things', method: 'POST', headers: json, payload: JSON.stringify('x'.repeat(1_048_576)) },
      413,
      'BODY_TOO_LARGE',
      undefined,
    ],
    ['a bad actor', { url: '/things', headers: { 'x-actor': '\x01' } }, 400, 'BAD_HEADER', 'X-Actor'],
    [
      'a bad key',
      {
        url: '/things',
        method: 'POST',
        headers: { ...json, 'idempotency-key': 'a b' },
        payload: JSON.stringify(thing),
      },
      400,
      'BAD_HEADER',
      'Idempotency-Key',
    ],
    ['an unknown route', { url: '/thing' }, 404, 'ROUTE_NOT_FOUND', undefined],
    ['another method', { url: '/things', method: 'DELETE' }, 405, 'METHOD_NOT_ALLOWED', undefined],
    ['another method of a thing', { url: '/things/t-1/close' }, 405, 'METHOD_NOT_ALLOWED', undefined],
    ['a bad URL', { url: '/things/%zz/close' }, 400, 'BAD_REQUEST', undefined],
    ['a long URL', { url: `/things/refused/${'x'.repeat(301)}` }, 414, 'URL_TOO_LONG', undefined],
    [
      'what is not there',
      { url: '/things/refused/THING_NOT_FOUND' },
      404,
      'THING_NOT_FOUND',
      'parts[0].code',
    ],
    ['a conflict', { url: '/things/refused/THING_TAKEN' }, 409, 'THING_TAKEN', 'parts[0].code'],
    ['a stale revision', { url: '/things/refused/THING_STALE' }, 412, 'THING_STALE', 'parts[0].code'],
    ['a rule', { url: '/things/refused/THING_CLOSED' }, 422, 'THING_CLOSED', 'parts[0].code'],
    ['a store that is away', { url: '/things/refused/THINGS_AWAY' }, 503, 'THINGS_AWAY', 'parts[0].code'],
    ['a fault of the server', { url: '/things/refused/x' }, 500, 'INTERNAL', undefined],
  ])('of %s is a problem with a code', async (_what, request, status, code, field) => {
    const reply = await app.server.inject(request as never);
    expect(reply.json()).toMatchObject({ status, code, type: 'about:blank', detail: expect.any(String) });
    expect(reply.statusCode).toBe(status);
    expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(reply.json().field).toBe(field);
    expect(reply.json().requestId).toMatch(/^[0-9a-z-]{38,50}$/);
    expect(reply.body).not.toMatch(/secret|node_modules|\.ts|\.js/);
    if (status === 503) expect(reply.headers['retry-after']).toBe('1');
  });

  it('names the request by the caller’s id where that is sane', async () => {
    const named = await app.server.inject({ url: '/nowhere', headers: { 'x-request-id': 'r-1' } });
    expect(named.json()).toMatchObject({ requestId: 'r-1', instance: '/nowhere' });
    const insane = await app.server.inject({ url: '/nowhere?mail=a@b', headers: { 'x-request-id': 'a\tb' } });
    expect(insane.json().requestId).toMatch(/^[0-9a-z-]{38,50}$/);
    expect(insane.json().instance).toBe('/nowhere');
  });

  it('says which methods an address answers', async () =>
    expect((await app.server.inject({ url: '/things', method: 'PUT' })).headers['allow']).toBe(
      'GET, HEAD, POST',
    ));

  it('is logged with its stack when nobody expected it, once, and only then', async () => {
    lines.length = 0;
    await app.server.inject('/things/refused/THING_TAKEN');
    await app.server.inject('/things/refused/x');
    const errors = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'error');
    expect(errors).toEqual([
      expect.objectContaining({
        msg: 'request failed',
        path: '/things/refused/x',
        err: expect.objectContaining({ stack: expect.stringContaining('secret of the house') }),
      }),
    ]);
  });
});

describe('the log', () => {
  it('has one line a request, without query, headers and body', async () => {
    lines.length = 0;
    await post({ ...thing, id: 'private' }, { 'x-actor': 'Ada' }, '/things?limit=1');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.any(String),
      requestId: expect.any(String),
      method: 'POST',
      path: '/things',
      status: 201,
      durationMs: expect.any(Number),
      msg: 'request',
    });
  });

  it('leaves out health checks', async () => {
    lines.length = 0;
    await app.server.inject('/health/live');
    expect(lines).toEqual([]);
  });
});

describe('the OpenAPI document', () => {
  it('is served, with Swagger UI', async () => {
    const document = (await app.server.inject('/openapi.json')).json();
    expect(document.openapi).toMatch(/^3\./);
    expect((await app.server.inject('/docs')).body).toContain('swagger-ui');
    expect((await app.server.inject('/docs/swagger-ui-bundle.js')).statusCode).toBe(200);
  });

  it('documents bodies, limits, examples and problems', () => {
    const document = openApiDocument(app.nest, { title: 'Things', version: '1.0.0' });
    const { post } = document.paths['/things'] as { post: never };
    expect(post).toMatchObject({
      summary: 'Make a thing',
      requestBody: { content: { 'application/json': { example: { parts: [{ price: '2.55' }] } } } },
      responses: {
        201: { content: { 'application/json': { example: { id: 't-1' } } } },
        400: {
          content: {
            'application/problem+json': { examples: { VALIDATION_FAILED: {}, MALFORMED_JSON: {} } },
          },
        },
        409: { description: '`THING_TAKEN`: The thing is taken.' },
        413: {},
        415: {},
        503: {},
      },
    });
    expect(JSON.stringify(post)).toContain('Idempotency-Key');
    expect(document.components?.schemas).toMatchObject({
      MakeThing: {
        properties: { parts: { type: 'array', minItems: 1, maxItems: 2_000 } },
        required: ['parts'],
      },
      Part: { properties: { price: { type: 'string', example: '2.55' } } },
      Problem: { required: expect.arrayContaining(['code']) },
    });
    expect(JSON.stringify(document)).not.toContain('x-tidemark');
  });

  it('is found out where it lacks examples', () => {
    const missing = operationsWithoutExample(
      openApiDocument(app.nest, { title: 'Things', version: '1.0.0' }),
    );
    expect(missing).toContain('GET /things/refused/{code}: summary');
    expect(missing).toContain('GET /things/refused/{code}: parameter code');
    expect(missing.filter((line) => / \/(things|health\/.*|metrics):/.test(line))).toEqual([]);
  });
});
