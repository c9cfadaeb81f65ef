import {
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { metrics } from '#libs/platform/observability';
import { CheckpointFeed } from './checkpoint-feed.js';
import { ProjectorStatus } from './projector-status.js';
import { connectProjector, type ProjectorSettings, type RunningProjector } from './run-projector.js';

export type ProjectorModuleOptions = Omit<ProjectorSettings, 'checkpoints'>;

const RUNNING = Symbol('the running projector');

/** Runs the projections of the contexts from bootstrap to shutdown, and provides `ProjectorStatus` everywhere. */
@Module({})
export class ProjectorModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(RUNNING) private readonly running: RunningProjector) {}

  static forRoot(options: ProjectorModuleOptions): DynamicModule {
    return {
      module: ProjectorModule,
      global: true,
      providers: [
        CheckpointFeed,
        {
          provide: RUNNING,
          inject: [CheckpointFeed],
          useFactory: (checkpoints: CheckpointFeed) => connectProjector({ metrics, ...options, checkpoints }),
        },
        {
          provide: ProjectorStatus,
          inject: [RUNNING],
          useFactory: ({ projector }: RunningProjector) => projector,
        },
      ],
      exports: [CheckpointFeed, ProjectorStatus],
    };
  }

  onApplicationBootstrap(): void {
    this.running.projector.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.running.close();
  }
}
