import { CONTEXTS } from '#libs/contexts';
import { createHttpApp } from '#libs/platform/http';
import { runApp } from '#libs/platform/lifecycle';
import { collectProcessMetrics, createLogger, redactionPaths } from '#libs/platform/observability';
import { eventStoreCheck } from '#libs/platform/readiness';
import { readSettings } from '#libs/platform/settings';
import { commandApiModule } from './command-api.module.js';

await runApp(async () => {
  const settings = readSettings(process.env, 'command-api');
  const { logLevel: level, logFormat: format } = settings;
  const logger = createLogger({ level, format, personal: redactionPaths(CONTEXTS) });
  collectProcessMetrics();
  const app = await createHttpApp(commandApiModule(settings), {
    ...settings,
    logger,
    document: { title: 'Tidemark: commands' },
    readiness: (nest) => [eventStoreCheck(nest)],
  });
  const url = await app.listen(settings);
  logger.info({ url }, 'command-api listens');
  return { close: () => app.stop(), stopLimitMs: settings.shutdownTimeoutMs + 900 };
});
