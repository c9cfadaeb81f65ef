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

  static async start(name: StoreName, dataDir: string): Promise<StoreProcess> {
    const store = new StoreProcess(name, await freePort(), dataDir);
    await store.start();
    return store;
  }

  get url(): string {
    return this.name === 'eventstoredb'
      ? `esdb://127.0.0.1:${this.port}?tls=false`
      : `mongodb://127.0.0.1:${this.port}/?replicaSet=rs0`;
  }

  async start(): Promise<void> {
    const child = new Child({
      entry: `dist/libs/protocol/${this.name}-server/src/main.js`,
      args: ['--data', this.dataDir, '--port', String(this.port)],
    });
    this.#child = child;
    await child.until(`${this.name} listens on ${this.port}`, () => {
      if (!`${child.stdout}${child.stderr}`.includes(String(this.port)))
        throw new Error('It has not said so.');
    });
  }

  async kill(): Promise<void> {
    await this.#child?.kill();
  }

  async stop(): Promise<void> {
    await this.#child?.stop();
  }
}
