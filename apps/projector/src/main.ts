import { createHttpApp } from '#libs/platform/http';
import { runApp } from '#libs/platform/lifecycle';
import { createLogger } from '#libs/platform/observability';
import { eventStoreCheck, mongoCheck, projectionsCheck, startReports } from '#libs/platform/readiness';
import { readSettings } from '#libs/platform/settings';
import { projectorModule } from './projector.module.js';

await runApp(async () => {
  const settings = readSettings(process.env, 'projector');
  const logger = createLogger({ level: settings.logLevel, format: settings.logFormat });
  const app = await createHttpApp(projectorModule(settings, logger), {
    ...settings,
    logger,
    document: { title: 'Tidemark: projector' },
    readiness: (nest) => [
      eventStoreCheck(nest),
      mongoCheck(nest),
      projectionsCheck(nest, settings.readyMaxLagSeconds),
    ],
  });
  const url = await app.listen(settings);
  logger.info({ url }, 'projector listens');
  const reports = startReports(app.nest, logger);
  return {
    stopLimitMs: settings.shutdownTimeoutMs + 900,
    async close() {
      reports.stop();
      await app.stop();
    },
  };
});
