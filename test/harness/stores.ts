import { Child } from './child.js';
import { freePort } from './free-port.js';

export type StoreName = 'eventstoredb' | 'mongodb';

/** An embedded store as a process of its own, which can be killed and started again on its port and folder. */
export class StoreProcess {
  #child: Child | undefined;

  private constructor(
    readonly name: StoreName,
    readonly port: number,
    readonly dataDir: string,
  ) {}

  /** Chooses the port; `start` starts it. */
  static async on(name: StoreName, dataDir: string): Promise<StoreProcess> {
    return new StoreProcess(name, await freePort(), dataDir);
  }

  static async start(name: StoreName, dataDir: string): Promise<StoreProcess> {
    const store = await StoreProcess.on(name, dataDir);
    await store.start();
    return store;
  }

  /** The connection string for clients. */
  get url(): string {
    return this.name === 'eventstoredb'
      ? `esdb://127.0.0.1:${this.port}?tls=false`
      : `mongodb://127.0.0.1:${this.port}/?replicaSet=tidemark`;
  }

  async start(): Promise<void> {
    const child = new Child({
      entry: `dist/libs/protocol/${this.name}-server/src/main.js`,
      args: ['--data', this.dataDir, '--port', String(this.port)],
    });
    this.#child = child;
    await child.until(`${this.name} is at ${this.url}`, () => {
      if (!`${child.stdout}${child.stderr}`.includes(this.url)) throw new Error('It has not said so.');
    });
  }

  async kill(): Promise<void> {
    await this.#child?.kill();
  }

  async stop(): Promise<void> {
    await this.#child?.stop();
  }
}
