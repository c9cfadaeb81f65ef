import { CONTEXTS } from '#libs/contexts';
import { createHttpApp } from '#libs/platform/http';
import { runApp } from '#libs/platform/lifecycle';
import { collectProcessMetrics, createLogger, redactionPaths } from '#libs/platform/observability';
import { mongoCheck, readModelsCheck } from '#libs/platform/readiness';
import { readSettings } from '#libs/platform/settings';
import { queryApiModule } from './query-api.module.js';

await runApp(async () => {
  const settings = readSettings(process.env, 'query-api');
  const { logLevel: level, logFormat: format } = settings;
  const logger = createLogger({ level, format, personal: redactionPaths(CONTEXTS) });
  collectProcessMetrics();
  const app = await createHttpApp(queryApiModule(settings), {
    ...settings,
    logger,
    document: { title: 'Tidemark: queries' },
    readiness: (nest) => [mongoCheck(nest), readModelsCheck(nest, settings.readyMaxLagSeconds)],
  });
  const url = await app.listen(settings);
  logger.info({ url }, 'query-api listens');
  return { close: () => app.stop(), stopLimitMs: settings.shutdownTimeoutMs + 900 };
});
