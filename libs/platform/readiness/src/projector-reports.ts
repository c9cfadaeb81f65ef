import type { INestApplicationContext } from '@nestjs/common';
import type { Logger } from '#libs/platform/observability';
import { MongoReadModels, ProjectorStatus } from '#libs/platform/projections';

const EVERY_MS = 5_000;

/** Leaves word of the projections in MongoDB every 5 seconds, for apps that only read, until `stop`. */
export function startReports(app: INestApplicationContext, logger: Logger): { stop(): void } {
  const status = app.get(ProjectorStatus);
  const readModels = app.get(MongoReadModels);
  const report = () => {
    const projections = status.list().map(({ name, state, lagSeconds }) => ({ name, state, lagSeconds }));
    // The projector itself tells of a store that is away; silence tells the readers.
    readModels.report(projections).catch((err) => logger.debug({ err }, 'could not leave a report'));
  };
  report();
  const timer = setInterval(report, EVERY_MS);
  return { stop: () => clearInterval(timer) };
}
