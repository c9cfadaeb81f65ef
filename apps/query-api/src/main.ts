import { createHttpApp } from '#libs/platform/http';
import { runApp } from '#libs/platform/lifecycle';
import { createLogger } from '#libs/platform/observability';
import { mongoCheck, readModelsCheck } from '#libs/platform/readiness';
import { readSettings } from '#libs/platform/settings';
import { queryApiModule } from './query-api.module.js';

await runApp(async () => {
  const settings = readSettings(process.env, 'query-api');
  const logger = createLogger({ level: settings.logLevel, format: settings.logFormat });
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
