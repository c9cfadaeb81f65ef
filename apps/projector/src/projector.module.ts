import { type DynamicModule, Module } from '@nestjs/common';
import { CONTEXTS } from '#libs/contexts';
import { EventStoreModule } from '#libs/platform/event-store';
import type { Logger } from '#libs/platform/observability';
import { ProjectorModule, ReadModelsModule } from '#libs/platform/projections';
import type { SettingsOf } from '#libs/platform/settings';

@Module({})
class ProjectorAppModule {}

/** Follows the log and builds the read models of every context. */
export const projectorModule = (
  { eventStoreUrl, mongoUrl }: SettingsOf<'projector'>,
  logger: Logger,
): DynamicModule => ({
  module: ProjectorAppModule,
  imports: [
    EventStoreModule.forRoot({ url: eventStoreUrl }),
    ReadModelsModule.forRoot({ url: mongoUrl, contexts: CONTEXTS }),
    ProjectorModule.forRoot({ eventStoreUrl, mongoUrl, logger, contexts: CONTEXTS }),
  ],
});
