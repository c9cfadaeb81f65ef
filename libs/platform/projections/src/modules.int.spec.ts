import { randomBytes } from 'node:crypto';
import { EventStoreDBClient } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { MongoClient } from 'mongodb';
import { createLogger, createMetrics } from '#libs/platform/observability';
import { startTestStores, type TestStores } from '#libs/platform/testing';
import { ProjectorModule } from './projector.module.js';
import { ProjectorStatus } from './projector-status.js';
import { ReadModels } from './read-models.js';
import { ReadModelsModule } from './read-models.module.js';
import { count, realContext } from './testing/real-context.js';
import { total } from './testing/tallies.js';

const suffix = randomBytes(4).toString('hex');
let stores: TestStores;

beforeAll(async () => {
  stores = await startTestStores();
});
afterAll(async () => {
  const mongo = new MongoClient(stores.mongoUrl);
  await mongo.db(`tidemark_spec_${suffix}`).dropDatabase();
  await mongo.close();
  await stores.close();
});

describe('the Nest modules', () => {
  it('project from bootstrap to shutdown, and serve what was projected', async () => {
    const { eventStoreUrl, mongoUrl } = stores;
    const contexts = [realContext(suffix)];
    const logger = createLogger({ level: 'silent', format: 'json' });
    const metrics = createMetrics();
    const app = await Test.createTestingModule({
      imports: [
        ReadModelsModule.forRoot({ url: mongoUrl, contexts }),
        ProjectorModule.forRoot({ eventStoreUrl, mongoUrl, contexts, logger, metrics }),
      ],
    }).compile();
    await app.init();
    const log = EventStoreDBClient.connectionString(eventStoreUrl);
    const readModels = app.get(ReadModels);
    for (let by = 1; by <= 10; by++) {
      const { position } = await log.appendToStream(`tally${suffix}-a`, count('a', by));
      await readModels.waitFor(['total'], position!.commit, 5_000);
      expect(await readModels.collection(total).findOne({ _id: 'all' })).toMatchObject({ events: by });
    }
    expect(app.get(ProjectorStatus).list()).toEqual([
      expect.objectContaining({ name: 'tallies', version: 1, state: 'live', lagEvents: 0, lagSeconds: 0 }),
      expect.objectContaining({ name: 'total', version: 1, state: 'live', lagEvents: 0, lagSeconds: 0 }),
    ]);
    const text = await metrics.registry.metrics();
    expect(text).toMatch(/tidemark_projection_position\{projection="total@1"\} \d+/);
    expect(text).toContain('tidemark_projection_stopped{projection="total@1"} 0');
    await log.dispose();
    const startedAt = performance.now();
    await app.close();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  }, 30_000);
});
