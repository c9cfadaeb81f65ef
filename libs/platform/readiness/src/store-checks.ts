import type { INestApplicationContext } from '@nestjs/common';
import { EventStoreClient } from '#libs/platform/event-store';
import type { ReadinessCheck } from '#libs/platform/http';
import { type StoreName, storeIsUp } from '#libs/platform/observability';
import { MongoReadModels } from '#libs/platform/projections';

const PING_TIMEOUT_MS = 1_000;

/** The app is not ready without EventStoreDB. */
export function eventStoreCheck(app: INestApplicationContext): ReadinessCheck {
  const client = app.get(EventStoreClient);
  return storeCheck('eventstoredb', () => client.ping(PING_TIMEOUT_MS));
}

/** The app is not ready without MongoDB. */
export function mongoCheck(app: INestApplicationContext): ReadinessCheck {
  const readModels = app.get(MongoReadModels);
  return storeCheck('mongodb', () => readModels.ping(PING_TIMEOUT_MS));
}

/** A store that the app cannot do without. Each answer is also the figure `tidemark_store_up`. */
export function storeCheck(name: StoreName, ping: () => Promise<void>): ReadinessCheck {
  return {
    name,
    required: true,
    async check() {
      try {
        await ping();
        storeIsUp(name, true);
        return { status: 'up' };
      } catch (error) {
        storeIsUp(name, false);
        return { status: 'down', reason: (error as Error).message };
      }
    },
  };
}
