import { setTimeout as pause } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { EventStoreClient } from '#libs/platform/event-store';
import { createLogger, NestLogger } from '#libs/platform/observability';
import { MongoReadModels, ProjectorStatus } from '#libs/platform/projections';
import type { SettingsOf } from '#libs/platform/settings';
import type { ChosenStores } from './choose-stores.js';
import { opsModule } from './ops.module.js';

/** The system as the command line uses it: commands go through the same handlers as those of the API. */
export interface System {
  readonly commandBus: CommandBus;
  readonly eventStoreUrl: string;
  readonly mongoUrl: string;
  /**
   * Where the projector runs in this process: resolves when every read model that no fault stopped has handled
   * `position`. Elsewhere another program follows the log, and it resolves at once.
   * @throws AbortError once `signal` is aborted.
   */
  caughtUp(position: bigint, signal: AbortSignal): Promise<void>;
}

const LOOK_AGAIN_MS = 50;

export interface OpenedSystem extends System {
  readonly eventStore: EventStoreClient;
  readonly readModels: MongoReadModels;
  /** The projector runs in this process, from its start on: nobody else follows the log. */
  readonly projects: boolean;
  close(): Promise<void>;
}

/** Starts the contexts' commands on the chosen stores. What it logs goes to standard error. */
export async function openSystem(
  stores: ChosenStores,
  { logLevel, logFormat, aggregateCacheBytes }: SettingsOf<'ops'>,
): Promise<OpenedSystem> {
  const logger = createLogger({ level: logLevel, format: logFormat, destination: process.stderr });
  const context = await NestFactory.createApplicationContext(opsModule(stores, aggregateCacheBytes, logger), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  return {
    commandBus: context.get(CommandBus),
    eventStore: context.get(EventStoreClient),
    readModels: context.get(MongoReadModels),
    eventStoreUrl: stores.eventStoreUrl,
    mongoUrl: stores.mongoUrl,
    projects: stores.source === 'own',
    async caughtUp(position, signal) {
      if (stores.source !== 'own') return;
      const projector = context.get(ProjectorStatus);
      while (projector.list().some((each) => each.state !== 'stopped' && each.position < position))
        await pause(LOOK_AGAIN_MS, undefined, { signal });
    },
    close: () => context.close(),
  };
}
