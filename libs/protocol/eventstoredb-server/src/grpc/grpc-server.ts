import {
  createServer as createHttp1Server,
  type Server as Http1Server,
  type RequestListener,
} from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from 'node:net';
import { type GrpcCall, Http2GrpcCall } from './grpc-call.js';
import { GrpcError, GrpcStatus } from './grpc-error.js';
import { whenProtocolIsKnown } from './protocol-of-connection.js';

/** Serves one call. Resolves: status OK after what was written. A GrpcError is the status; anything else is UNKNOWN. */
export type GrpcHandler = (call: GrpcCall) => Promise<void>;

export interface GrpcServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Method path (`/package.Service/Method`) -> handler; other paths answer UNIMPLEMENTED. */
  readonly handlers: ReadonlyMap<string, GrpcHandler>;
  /** Plain HTTP/1.1 requests on the same port; without it they get 426. */
  readonly http1?: RequestListener;
  /** Largest request message of a path, in bytes; 4 MiB, gRPC's own default, when absent. */
  readonly maxReceiveBytes?: (path: string) => number;
  /** Paths whose calls stay open: at `close` they end with CANCELLED, all others with UNAVAILABLE. */
  readonly isLongLived?: (path: string) => boolean;
  /** How often a connection is pinged; one that has not answered by the next time is closed. Default 10 s. */
  readonly keepaliveMs?: number;
  /** A handler failed with what is not a GrpcError. */
  readonly onUnexpectedError?: (path: string, error: unknown) => void;
}

export interface GrpcServer {
  readonly address: { readonly host: string; readonly port: number };
  /** Ends open calls with a status, then closes every connection. Nothing of the server is left once it resolves. */
  close(): Promise<void>;
}

const DEFAULT_MAX_RECEIVE_BYTES = 4 * 1024 * 1024;
const STREAM_WINDOW_BYTES = 1024 * 1024;
const SESSION_WINDOW_BYTES = 4 * 1024 * 1024;
const SESSION_MEMORY_MEGABYTES = 256;
const HTTP1_HEADER_BYTES = 8 * 1024;
const HTTP1_IDLE_MS = 30_000;
const LAST_ANSWERS_MS = 1_000;
const DEFAULT_KEEPALIVE_MS = 10_000;

/** gRPC on `node:http2`, and HTTP/1.1 beside it, on one port. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const server = new Http2GrpcServer(options);
  await server.listen();
  return server;
}

class Http2GrpcServer implements GrpcServer {
  readonly #http2: Http2Server;
  readonly #http1: Http1Server;
  readonly #net: Server;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #unanswered = new Set<ServerHttp2Session>();
  readonly #keepalive: NodeJS.Timeout;
  readonly #calls = new Map<Http2GrpcCall, string>();
  #closing: Promise<void> | undefined;

  constructor(private readonly options: GrpcServerOptions) {
    this.#http2 = createHttp2Server({
      maxSessionMemory: SESSION_MEMORY_MEGABYTES,
      settings: { initialWindowSize: STREAM_WINDOW_BYTES, maxConcurrentStreams: 2 ** 31 - 1 },
    });
    this.#http2.on('session', (session) => this.#opened(session));
    this.#http2.on('stream', (stream, headers) => this.#serve(stream, headers));
    this.#http1 = createHttp1Server(
      { maxHeaderSize: HTTP1_HEADER_BYTES },
      options.http1 ?? ((_request, response) => response.writeHead(426, { upgrade: 'h2c' }).end()),
    );
    this.#http1.timeout = HTTP1_IDLE_MS;
    this.#keepalive = setInterval(() => this.#pingAll(), options.keepaliveMs ?? DEFAULT_KEEPALIVE_MS).unref();
    this.#net = createNetServer({ noDelay: true }, (socket) => this.#connected(socket));
  }

  get address(): { host: string; port: number } {
    const { address, port } = this.#net.address() as AddressInfo;
    return { host: address, port };
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#net.once('error', reject);
      this.#net.listen(this.options.port, this.options.host, () => {
        this.#net.off('error', reject);
        resolve();
      });
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#keepalive);
    const stopped = new Promise<void>((resolve) => this.#net.close(() => resolve()));
    for (const [call, path] of this.#calls) call.finish(this.#closingStatus(path));
    const allAnswered = Promise.all([...this.#sessions].map((session) => closed(session)));
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LAST_ANSWERS_MS);
    });
    await Promise.race([allAnswered, patience]);
    clearTimeout(timer);
    for (const session of this.#sessions) session.destroy();
    this.#http1.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
    await stopped;
  }

  #closingStatus(path: string): GrpcError {
    return this.options.isLongLived?.(path)
      ? new GrpcError(GrpcStatus.CANCELLED, 'The server is shutting down')
      : new GrpcError(GrpcStatus.UNAVAILABLE, 'Server Is Not Ready');
  }

  #connected(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    whenProtocolIsKnown(socket, (protocol) =>
      (protocol === 'h2' ? this.#http2 : this.#http1).emit('connection', socket),
    );
  }

  #opened(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    session.once('close', () => {
      this.#sessions.delete(session);
      this.#unanswered.delete(session);
    });
    session.on('error', () => session.destroy());
    session.setLocalWindowSize(SESSION_WINDOW_BYTES);
  }

  /** A client that is gone without a word would keep its calls for ever. */
  #pingAll(): void {
    for (const session of this.#sessions)
      if (this.#unanswered.has(session)) session.destroy();
      else if (!session.closed && session.ping(() => this.#unanswered.delete(session)))
        this.#unanswered.add(session);
  }

  #serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const refused = refusal(headers);
    if (refused !== undefined) {
      stream.on('error', () => undefined);
      stream.respond({ ':status': refused }, { endStream: true });
      return;
    }
    const path = headers[':path'] as string;
    const max = this.options.maxReceiveBytes?.(path) ?? DEFAULT_MAX_RECEIVE_BYTES;
    const call = new Http2GrpcCall(stream, headers, max);
    this.#calls.set(call, path);
    stream.once('close', () => this.#calls.delete(call));
    if (this.#closing !== undefined) call.finish(this.#closingStatus(path));
    else void this.#handle(path, call);
  }

  async #handle(path: string, call: Http2GrpcCall): Promise<void> {
    const handler = this.options.handlers.get(path);
    try {
      if (!handler) throw new GrpcError(GrpcStatus.UNIMPLEMENTED, `Method ${path} is not implemented.`);
      await handler(call);
      call.finish();
    } catch (error) {
      if (!(error instanceof GrpcError)) this.options.onUnexpectedError?.(path, error);
      call.finish(
        error instanceof GrpcError
          ? error
          : new GrpcError(GrpcStatus.UNKNOWN, error instanceof Error ? error.message : String(error)),
      );
    }
  }
}

/** gRPC over HTTP/2 asks for POST and a content type of `application/grpc…`; others get an HTTP status. */
function refusal(headers: IncomingHttpHeaders): number | undefined {
  if (headers[':method'] !== 'POST') return 405;
  return headers['content-type']?.startsWith('application/grpc') ? undefined : 415;
}

function closed(session: ServerHttp2Session): Promise<void> {
  return new Promise((resolve) => session.close(resolve));
}
