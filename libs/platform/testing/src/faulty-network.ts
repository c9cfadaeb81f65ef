import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A network between a client and a store that fails when told to: a proxy on a loopback port of its own.
 * `heal` ends whatever was going wrong; connections that were cut stay cut.
 */
export class FaultyNetwork {
  private readonly pairs = new Set<readonly [client: Socket, store: Socket]>();
  private mode: 'well' | 'silent' | 'deaf' = 'well';

  /** Kept while it refuses. */
  port = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: { readonly host: string; readonly port: number },
  ) {}

  /** @param target the store: `{ host, port }`, or its connection string. */
  static async before(
    target: string | { readonly host: string; readonly port: number },
  ): Promise<FaultyNetwork> {
    const server = createServer();
    const network = new FaultyNetwork(server, typeof target === 'string' ? addressIn(target) : target);
    server.on('connection', (client) => network.join(client));
    await network.accept();
    return network;
  }

  /** How many connections are up. */
  get connections(): number {
    return this.pairs.size;
  }

  /** Nothing gets through either way, and nobody is told. */
  goSilent(): void {
    this.mode = 'silent';
    for (const pair of this.pairs) for (const socket of pair) socket.pause();
  }

  /** What the client says arrives; the answers are lost. */
  loseAnswers(): void {
    this.mode = 'deaf';
  }

  /** Every connection breaks. */
  cut(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  /** Every connection breaks, and new ones are refused until `accept`. */
  async refuse(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cut();
    await closed;
  }

  accept(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject).listen(this.port, '127.0.0.1', () => {
        this.server.off('error', reject);
        this.port = (this.server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  /** The connections that are silent stay so; new ones are well. */
  healForNew(): void {
    this.mode = 'well';
  }

  heal(): void {
    this.mode = 'well';
    for (const pair of this.pairs) for (const socket of pair) socket.resume();
  }

  close(): Promise<void> {
    return this.refuse();
  }

  private join(client: Socket): void {
    const store = connect(this.target);
    const pair = [client, store] as const;
    this.pairs.add(pair);
    const leave = () => {
      this.pairs.delete(pair);
      client.destroy();
      store.destroy();
    };
    for (const socket of pair) socket.setNoDelay(true).on('close', leave).on('error', leave);
    client.on('data', (bytes) => store.write(bytes));
    store.on('data', (bytes) => this.mode === 'deaf' || client.write(bytes));
    if (this.mode === 'silent') for (const socket of pair) socket.pause();
  }
}

function addressIn(url: string): { host: string; port: number } {
  const { hostname: host, port } = new URL(url);
  return { host, port: Number(port) };
}
