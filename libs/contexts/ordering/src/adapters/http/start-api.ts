import { type DynamicModule, Module } from '@nestjs/common';
import { InMemoryEventStoreModule, InMemoryEventStreams } from '#libs/platform/event-store';
import { createHttpApp, type HttpApp } from '#libs/platform/http';
import { Clock } from '#libs/platform/kernel';
import { createLogger } from '#libs/platform/observability';
import { ReadModels } from '#libs/platform/projections';
import { orderingContext } from '../../definition.js';
import { OrderingCommandModule, OrderingQueryModule } from '../../ordering.module.js';
import { FoldedReadModels } from './folded-read-models.js';

@Module({})
class FoldedReadModelsModule {
  static over(streams: InMemoryEventStreams): DynamicModule {
    const readModels = new FoldedReadModels(() => streams.all(), orderingContext);
    const providers = [{ provide: ReadModels, useValue: readModels }];
    return { module: FoldedReadModelsModule, global: true, providers, exports: [ReadModels] };
  }
}

@Module({})
class ApiModule {}

/** A clock that specs set. */
export class SetClock extends Clock {
  time = '2026-03-01T10:00:00.000Z';
  now = (): string => this.time;
}

/** Both APIs of ordering over a log in memory, for specs: `api.server.inject(…)`. */
export function startApi(clock = new SetClock()): Promise<HttpApp> {
  const streams = new InMemoryEventStreams();
  const root: DynamicModule = {
    module: ApiModule,
    imports: [
      InMemoryEventStoreModule.forRoot(streams),
      FoldedReadModelsModule.over(streams),
      OrderingCommandModule,
      OrderingQueryModule,
    ],
  };
  return createHttpApp(root, { logger: createLogger({ level: 'silent', format: 'json' }), clock });
}
