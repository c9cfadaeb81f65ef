import { createHttpApp } from '#libs/platform/http';
import { runApp } from '#libs/platform/lifecycle';
import { createLogger } from '#libs/platform/observability';
import { eventStoreCheck } from '#libs/platform/readiness';
import { readSettings } from '#libs/platform/settings';
import { commandApiModule } from './command-api.module.js';

await runApp(async () => {
  const settings = readSettings(process.env, 'command-api');
  const logger = createLogger({ level: settings.logLevel, format: settings.logFormat });
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
