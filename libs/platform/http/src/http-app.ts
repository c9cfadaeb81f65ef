import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Traffic } from './traffic/traffic.js';

/** A running or startable API. */
export class HttpApp {
  private stopped: Promise<void> | undefined;

  constructor(
    readonly nest: NestFastifyApplication,
    private readonly traffic: Traffic,
    private readonly shutdownTimeoutMs: number,
  ) {}

  get server(): FastifyInstance {
    return this.nest.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  }

  /**
   * @param where port 0 takes any free one.
   * @returns the address: `http://127.0.0.1:3000`.
   * @throws the system's error, such as EADDRINUSE.
   */
  async listen(where: { readonly host: string; readonly port: number }): Promise<string> {
    // Not `nest.listen`: it also logs what it throws, and a taken port is told once, by who called.
    await this.server.listen({ port: where.port, host: where.host });
    const { port } = this.server.server.address() as { port: number };
    return `http://${where.host.includes(':') ? `[${where.host}]` : where.host}:${port}`;
  }

  /**
   * Answers what is in flight (for so long as the app was told), refuses what arrives meanwhile with SHUTTING_DOWN,
   * then closes all connections and modules. Calling it again waits for the same end.
   */
  stop(): Promise<void> {
    this.stopped ??= this.drainAndClose();
    return this.stopped;
  }

  private async drainAndClose(): Promise<void> {
    await this.traffic.drain(this.shutdownTimeoutMs);
    this.server.server.closeAllConnections();
    await this.nest.close();
  }
}
