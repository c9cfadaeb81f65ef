import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { CatalogCommandModule, CatalogQueryModule } from '#libs/contexts/catalog';
import { CustomersCommandModule, CustomersQueryModule } from '#libs/contexts/customers';
import { OrderingCommandModule, OrderingQueryModule } from '#libs/contexts/ordering';
import { InMemoryEventStoreModule, InMemoryEventStreams } from '#libs/platform/event-store';
import {
  createHttpApp,
  type HttpApp,
  openApiDocument,
  operationsIn,
  operationsWithoutExample,
} from '#libs/platform/http';
import { createLogger } from '#libs/platform/observability';
import { ReadModels } from '#libs/platform/projections';

/** The routes of queries are there; nothing asks them. */
@Global()
@Module({ providers: [{ provide: ReadModels, useValue: {} }], exports: [ReadModels] })
class NoReadModelsModule {}

@Module({
  imports: [
    InMemoryEventStoreModule.forRoot(new InMemoryEventStreams()),
    NoReadModelsModule,
    OrderingCommandModule,
    OrderingQueryModule,
    CatalogCommandModule,
    CatalogQueryModule,
    CustomersCommandModule,
    CustomersQueryModule,
  ],
})
class WholeApiModule {}

let app: HttpApp;
let document: OpenAPIObject;
beforeAll(async () => {
  app = await createHttpApp(WholeApiModule, { logger: createLogger({ level: 'silent', format: 'json' }) });
  document = openApiDocument(app.nest, { title: 'Tidemark', version: '1' });
});
afterAll(() => app.stop());

/** The path with the examples of its parameters. */
const addressOf = (path: string, parameters: readonly object[] = []): string =>
  path.replace(/\{(\w+)\}/g, (_, name) => {
    const parameter = parameters.find((one) => 'name' in one && one.name === name) as { example?: unknown };
    return encodeURIComponent(String(parameter?.example));
  });

describe('the OpenAPI document of the whole API', () => {
  it('has an example of everything', () => expect(operationsWithoutExample(document)).toEqual([]));

  it('names every operation once', () => {
    const ids = operationsIn(document).map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(30);
  });

  it('shows requests that the API takes', async () => {
    const commands = operationsIn(document).filter(([name]) => !name.startsWith('GET'));
    const refused: unknown[] = [];
    for (const [name, { requestBody, parameters }] of commands) {
      const [method = '', path = ''] = name.split(' ');
      const payload = (requestBody as { content?: Record<string, { example?: object }> })?.content?.[
        'application/json'
      ];
      const reply = await app.server.inject({
        method: method as 'POST',
        url: addressOf(path, parameters),
        ...(payload?.example ? { payload: payload.example } : {}),
      });
      if (reply.statusCode === 400 || reply.statusCode >= 500) refused.push([name, reply.json()]);
    }
    expect(refused).toEqual([]);
  });
});
