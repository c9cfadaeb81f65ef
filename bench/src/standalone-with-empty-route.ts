import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { createHttpApp } from '#libs/platform/http';
import { runApp } from '#libs/platform/lifecycle';
import { openLocalStores, removeRunFile, writeRunFile } from '#libs/platform/local-stores';
import { createLogger } from '#libs/platform/observability';
import { readSettings } from '#libs/platform/settings';
import { standaloneModule } from '../../apps/standalone/src/standalone.module.js';
import { OrderBody } from '../../libs/contexts/ordering/src/adapters/http/order-dto.js';

/** What a request costs at least: parsed, dispatched, answered; nothing validated, nothing done. */
@Controller('bench')
class EmptyController {
  @Post('empty')
  @HttpCode(201)
  empty(): object {
    return { orderId: '', revision: 0, position: '0' };
  }

  @Post('validated')
  @HttpCode(201)
  validated(@Body() _order: OrderBody): object {
    return { orderId: '', revision: 0, position: '0' };
  }
}

class WithEmptyRoute {}

await runApp(async () => {
  const settings = readSettings(process.env, 'standalone');
  const logger = createLogger({ level: settings.logLevel, format: settings.logFormat });
  const stores = await openLocalStores(settings);
  const module = {
    module: WithEmptyRoute,
    imports: [standaloneModule({ ...settings, ...stores }, logger)],
    controllers: [EmptyController],
  };
  const app = await createHttpApp(module, { ...settings, logger });
  const url = await app.listen(settings);
  writeRunFile(stores.path, { url, eventStoreUrl: stores.eventStoreUrl, mongoUrl: stores.mongoUrl });
  logger.info({ url }, 'standalone listens');
  return {
    stopLimitMs: 10_000,
    async close() {
      await app.stop();
      removeRunFile(stores.path);
      await stores.close();
    },
  };
});
