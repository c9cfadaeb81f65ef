import type { DynamicModule, Type } from '@nestjs/common';
import { CONTEXTS } from '#libs/contexts';
import { createHttpApp } from '#libs/platform/http';
import type { Running } from '#libs/platform/lifecycle';
import { openLocalStores, removeRunFile, writeRunFile } from '#libs/platform/local-stores';
import { collectProcessMetrics, createLogger, redactionPaths } from '#libs/platform/observability';
import { eventStoreCheck, mongoCheck, projectionsCheck } from '#libs/platform/readiness';
import { readSettings } from '#libs/platform/settings';
import { standaloneModule } from './standalone.module.js';
import { tryNext } from './try-next.js';

/** Settings from the environment, stores, module, HTTP: the whole standalone, listening. @param more controllers. */
export async function startStandalone(more: readonly Type[] = []): Promise<Running> {
  const settings = readSettings(process.env, 'standalone');
  const { logLevel: level, logFormat: format } = settings;
  const logger = createLogger({ level, format, personal: redactionPaths(CONTEXTS) });
  collectProcessMetrics();
  const stores = await openLocalStores(settings);
  try {
    const module = withControllers(standaloneModule({ ...settings, ...stores }, logger), more);
    const app = await createHttpApp(module, {
      ...settings,
      logger,
      readiness: (nest) => [
        eventStoreCheck(nest),
        mongoCheck(nest),
        projectionsCheck(nest, settings.readyMaxLagSeconds),
      ],
    });
    const url = await app.listen(settings);
    writeRunFile(stores.path, { url, eventStoreUrl: stores.eventStoreUrl, mongoUrl: stores.mongoUrl });
    logger.info({ url, dataFolder: stores.path }, 'standalone listens');
    process.stderr.write(tryNext(url, stores.path));
    return {
      stopLimitMs: settings.shutdownTimeoutMs + 900,
      failed: stores.failed,
      async close() {
        await app.stop();
        removeRunFile(stores.path);
        await stores.close();
      },
    };
  } catch (error) {
    await stores.close();
    throw error;
  }
}

const withControllers = (module: DynamicModule, more: readonly Type[]): DynamicModule => ({
  ...module,
  controllers: [...(module.controllers ?? []), ...more],
});
