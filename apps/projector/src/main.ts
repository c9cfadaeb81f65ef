import { CONTEXTS } from '#libs/contexts';
import { createHttpApp } from '#libs/platform/http';
import { runApp } from '#libs/platform/lifecycle';
import { collectProcessMetrics, createLogger, redactionPaths } from '#libs/platform/observability';
import { eventStoreCheck, mongoCheck, projectionsCheck, startReports } from '#libs/platform/readiness';
import { readSettings } from '#libs/platform/settings';
import { projectorModule } from './projector.module.js';

await runApp(async () => {
  const settings = readSettings(process.env, 'projector');
  const { logLevel: level, logFormat: format } = settings;
  const logger = createLogger({ level, format, personal: redactionPaths(CONTEXTS) });
  collectProcessMetrics();
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
