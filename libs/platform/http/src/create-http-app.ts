import { type CanActivate, type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { type Clock, newId, SystemClock } from '#libs/platform/kernel';
import { type Logger, NestLogger } from '#libs/platform/observability';
import { ActorGuard } from './actor.guard.js';
import { HealthController, HealthSources } from './health/health.controller.js';
import type { ReadinessCheck } from './health/readiness.js';
import { HttpApp } from './http-app.js';
import { acceptJsonOnly } from './json-body.js';
import { type DocumentOptions, openApiDocument } from './openapi/document.js';
import { answerClientError } from './problems/client-error.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { rememberRoutes } from './problems/routes.js';
import { readRestOfRefusedBodies } from './refused-body.js';
import { Traffic, type TrafficLimits } from './traffic/traffic.js';
import { DtoValidationPipe } from './validation/dto-validation.pipe.js';

export interface HttpAppOptions extends Partial<TrafficLimits> {
  readonly logger: Logger;
  /** The largest body, in bytes; 1 MiB unless told. */
  readonly bodyLimitBytes?: number;
  /** How long `stop` waits for requests in flight, in milliseconds; 4,000 unless told. */
  readonly shutdownTimeoutMs?: number;
  /** The checks behind `GET /health/ready`, made once the modules are there. */
  readonly readiness?: (app: NestFastifyApplication) => readonly ReadinessCheck[];
  readonly clock?: Clock;
  /** Who may ask, and who asks: sets `request.actor`. */
  readonly guard?: CanActivate;
  readonly document?: Partial<DocumentOptions>;
}

const MEBIBYTE = 1_048_576;
const MAX_PARAMETER_LENGTH = 300;
/** A request that takes longer to arrive is cut off with REQUEST_TIMEOUT. */
const REQUEST_TIMEOUT_MS = 30_000;
const REQUEST_ID = /^[A-Za-z0-9._:~-]{1,128}$/;

/**
 * A Nest app on Fastify with everything that a Tidemark API has: validation, problem+json, request ids, limits,
 * bounded commands, drain, health, metrics, OpenAPI at `/openapi.json` and `/docs`. It does not listen yet.
 */
export async function createHttpApp(root: Type | DynamicModule, options: HttpAppOptions): Promise<HttpApp> {
  const { logger, clock = new SystemClock(), shutdownTimeoutMs = 4_000 } = options;
  const { commandsInFlight = 256, commandQueue = 1_024, bodyLimitBytes = MEBIBYTE } = options;
  const traffic = new Traffic(logger, { commandsInFlight, commandQueue });
  const adapter = new FastifyAdapter({
    ...serverOptions(logger, bodyLimitBytes),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      filter.answer(error, request, reply),
  });
  const server = adapter.getInstance() as unknown as FastifyInstance;
  const filter = new ProblemFilter(logger, rememberRoutes(server));
  server.decorateRequest('clock', { getter: () => clock });
  server.decorateRequest('draining', { getter: () => traffic.draining });
  server.decorateRequest('actor');
  acceptJsonOnly(server);
  readRestOfRefusedBodies(server);
  traffic.watch(server);

  const sources = new HealthSources();
  sources.isStopping = () => traffic.draining.aborted;
  const app = await NestFactory.create<NestFastifyApplication>(rootWith(root, sources), adapter, {
    logger: new QuietNestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalGuards(options.guard ?? new ActorGuard());
  app.useGlobalPipes(new DtoValidationPipe());
  app.useGlobalFilters(filter);
  serveDocument(app, options.document);
  await app.init();
  await server.ready();
  sources.checks = options.readiness?.(app) ?? [];
  return new HttpApp(app, traffic, shutdownTimeoutMs);
}

const serverOptions = (loggerInstance: Logger, bodyLimit: number) => ({
  loggerInstance,
  // One line a request is written by `Traffic`; a child logger for each request would cost more than that line.
  logController: new LogController({ disableRequestLogging: true }),
  childLoggerFactory: (logger: FastifyBaseLogger) => logger,
  genReqId: ({ headers }: { headers: Record<string, unknown> }) => requestId(headers['x-request-id']),
  requestIdHeader: false as const,
  bodyLimit,
  routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
  clientErrorHandler: answerClientError,
  requestTimeout: REQUEST_TIMEOUT_MS,
  return503OnClosing: false,
  forceCloseConnections: true,
});

/** The process and a count: unique, and much cheaper than a UUID for each request. */
const PROCESS_ID = newId();
let requests = 0;

/** The caller's `X-Request-Id` where it is sane, else a new one. */
const requestId = (given: unknown): string =>
  typeof given === 'string' && REQUEST_ID.test(given) ? given : `${PROCESS_ID}-${(++requests).toString(36)}`;

@Module({})
class HttpRootModule {}

const rootWith = (root: Type | DynamicModule, sources: HealthSources): DynamicModule => ({
  module: HttpRootModule,
  imports: [root],
  controllers: [HealthController],
  providers: [{ provide: HealthSources, useValue: sources }],
});

/** Nest tells of every module and route it sets up: that is for debugging. */
class QuietNestLogger extends NestLogger {
  override log = (message: unknown, ...rest: unknown[]): void => this.debug(message, ...rest);
}

function serveDocument(app: NestFastifyApplication, given: Partial<DocumentOptions> = {}): void {
  const options = { title: 'Tidemark', version: '0.1.0', ...given };
  SwaggerModule.setup('docs', app, () => openApiDocument(app, options), {
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: options.title,
  });
}
