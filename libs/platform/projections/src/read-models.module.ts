import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { ContextDefinition } from '#libs/platform/kernel';
import { CheckpointFeed } from './checkpoint-feed.js';
import { mongoClient } from './mongo/connect.js';
import { MongoReadModels } from './mongo/mongo-read-models.js';
import { ReadModels } from './read-models.js';
import { ProjectionRegistry } from './registry.js';

export interface ReadModelsOptions {
  /** `mongodb://…` of a replica set. */
  readonly url: string;
  /** Whose read models are served. */
  readonly contexts: readonly ContextDefinition[];
}

/** Provides `ReadModels` (and `MongoReadModels`, for health) everywhere. Connects when first asked. */
@Module({})
export class ReadModelsModule implements OnApplicationShutdown {
  constructor(@Inject(MongoReadModels) private readonly readModels: MongoReadModels) {}

  static forRoot({ url, contexts }: ReadModelsOptions): DynamicModule {
    return {
      module: ReadModelsModule,
      global: true,
      providers: [
        {
          provide: MongoReadModels,
          inject: [{ token: CheckpointFeed, optional: true }],
          useFactory: (feed?: CheckpointFeed) =>
            new MongoReadModels(mongoClient(url, 'tidemark-queries'), new ProjectionRegistry(contexts), feed),
        },
        { provide: ReadModels, useExisting: MongoReadModels },
      ],
      exports: [ReadModels, MongoReadModels],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.readModels.close();
  }
}
