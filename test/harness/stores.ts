import { Child } from './child.js';
import { freePort } from './free-port.js';

export type StoreName = 'eventstoredb' | 'mongodb';

/** An embedded store as a process of its own, which can be killed and started again on its port and folder. */
export class StoreProcess {
  #child: Child | undefined;
  #url = '';

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

  /** The connection string for clients, as the store says it. */
  get url(): string {
    return this.#url;
  }

  async start(): Promise<void> {
    const child = new Child({
      entry: `dist/libs/protocol/${this.name}-server/src/main.js`,
      args: ['--data', this.dataDir, '--port', String(this.port)],
    });
    this.#child = child;
    this.#url = await child.until(`${this.name} says where it is`, () => {
      const said = /(?:esdb|mongodb):\/\/127\.0\.0\.1:\d+\S*/.exec(`${child.stdout}${child.stderr}`);
      if (!said) throw new Error('It has not said so.');
      return said[0].replace(/[",]+$/, '');
    });
  }

  async kill(): Promise<void> {
    await this.#child?.kill();
  }

  async stop(): Promise<void> {
    await this.#child?.stop();
  }
}
