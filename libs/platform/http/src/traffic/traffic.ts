import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '#libs/platform/observability';
import { HttpError } from '../problems/http-error.js';
import { Admission } from './admission.js';

export interface TrafficLimits {
  /** Commands worked on at the same time. */
  readonly commandsInFlight: number;
  /** Commands that may wait; beyond that they are refused with OVERLOADED. */
  readonly commandQueue: number;
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);
const RETRY_AFTER_SECONDS = 1;

/** What watches the app asks often, and to its end. */
const isOperations = (url: string): boolean => url.startsWith('/health/') || url === '/metrics';

/** What is going on at the server: bounds commands, logs requests, and drains when it is to stop. */
export class Traffic {
  private readonly open = new Set<ServerResponse>();
  private readonly admission: Admission;
  private readonly commands = new WeakSet<FastifyRequest>();
  private readonly stopping = new AbortController();
  private onIdle: (() => void) | undefined;

  /** Request lines hold nothing to blank; looking for it in each of them costs more than writing them. */
  private readonly logger: Logger;

  constructor(logger: Logger, { commandsInFlight, commandQueue }: TrafficLimits) {
    this.logger = logger.child({}, { redact: [] });
    this.admission = new Admission(commandsInFlight, commandQueue);
  }

  /** Aborted once the server is told to stop: what waits for something gives up. */
  get draining(): AbortSignal {
    return this.stopping.signal;
  }

  /** Adds its hooks; before any route. */
  watch(server: FastifyInstance): void {
    server.addHook('onRequest', (request, reply, done) => done(this.arrived(request, reply)));
    server.addHook('preHandler', (request, reply, done) => {
      if (READING.has(request.method)) return done();
      this.admission.enter(
        () => {
          this.commands.add(request);
          done();
        },
        () => reply.raw.closed,
      );
    });
    server.addHook('onSend', (request, _reply, _payload, done) => {
      if (this.commands.delete(request)) this.left(() => this.admission.leave());
      done();
    });
  }

  /** Refuses what arrives from now on; resolves when all that was in flight is answered, or after `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    this.stopping.abort();
    for (const response of this.open) response.shouldKeepAlive = false;
    if (this.isIdle) return;
    const { promise, resolve } = withResolvers();
    this.onIdle = resolve;
    const timer = setTimeout(resolve, timeoutMs);
    await promise;
    clearTimeout(timer);
    if (!this.isIdle) this.logger.warn({ requests: this.open.size }, 'stopped with requests in flight');
  }

  private get isIdle(): boolean {
    return this.open.size === 0 && this.admission.inFlightNow === 0;
  }

  private arrived(request: FastifyRequest, reply: FastifyReply): HttpError | undefined {
    const response = reply.raw;
    this.open.add(response);
    response.once('close', () => {
      this.left(() => this.open.delete(response));
      this.log(request, reply);
    });
    if (this.stopping.signal.aborted) {
      response.shouldKeepAlive = false;
      if (!isOperations(request.url)) return new HttpError('SHUTTING_DOWN');
    } else if (this.admission.isFull && !READING.has(request.method))
      return new HttpError('OVERLOADED', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    return undefined;
  }

  private left(leave: () => void): void {
    leave();
    if (this.onIdle && this.isIdle) this.onIdle();
  }

  /** One line a request: no body, no header, and of the address only the path. */
  private log(request: FastifyRequest, reply: FastifyReply): void {
    const level = isOperations(request.url) ? 'debug' : 'info';
    if (!this.logger.isLevelEnabled(level)) return;
    const { method, url, id } = request;
    const [path] = url.split('?', 1);
    const status = reply.raw.writableEnded ? reply.statusCode : 499; // 499: the client went away
    const durationMs = Math.round(reply.elapsedTime * 100) / 100;
    this.logger[level]({ requestId: id, method, path, status, durationMs }, 'request');
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
