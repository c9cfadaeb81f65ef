import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Connection, type WireConnection, type WireHandler } from './connection.js';

export interface WireServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly handler: WireHandler;
  readonly onConnectionClosed?: (connection: WireConnection) => void;
  /** The handler threw: a fault of the server. */
  readonly onUnexpectedError?: (error: unknown) => void;
}

export interface WireServer {
  readonly address: { readonly host: string; readonly port: number };
  /** Stops listening and cuts every connection. */
  close(): Promise<void>;
}

/** Listens for the MongoDB wire protocol. */
export function startWireServer(options: WireServerOptions): Promise<WireServer> {
  const running = new TcpWireServer(options);
  return running.listen();
}

class TcpWireServer implements WireServer {
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  #lastConnectionId = 0;

  constructor(private readonly options: WireServerOptions) {
    this.#server = createServer({ noDelay: true }, (socket) => void this.#serve(socket));
  }

  get address(): { host: string; port: number } {
    const { address, port } = this.#server.address() as AddressInfo;
    return { host: address, port };
  }

  listen(): Promise<this> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.options.port, this.options.host, () => {
        this.#server.off('error', reject);
        resolve(this);
      });
    });
  }

  async close(): Promise<void> {
    const stopped = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections) connection.close();
    await stopped;
  }

  async #serve(socket: Socket): Promise<void> {
    const connection = new Connection(++this.#lastConnectionId, socket, this.options.handler);
    this.#connections.add(connection);
    try {
      await connection.serve();
    } catch (error) {
      this.options.onUnexpectedError?.(error);
    } finally {
      this.#connections.delete(connection);
      this.options.onConnectionClosed?.(connection);
    }
  }
}
