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

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}
interface JsonContent {
  readonly schema: Schema;
  readonly example: unknown;
}

/** What an example has that its schema does not know, or lacks: two DTO classes of one name would be taken for one. */
function strangeIn(schema: Schema | undefined, example: unknown, path: string): string[] {
  const named = (schema?.$ref ?? schema?.allOf?.[0]?.$ref)?.split('/').at(-1);
  if (named) return strangeIn(document.components?.schemas?.[named] as Schema, example, path);
  if (Array.isArray(example))
    return example.flatMap((one, index) => strangeIn(schema?.items, one, `${path}[${index}]`));
  if (typeof example !== 'object' || example === null) return [];
  const known = schema?.properties ?? {};
  return [
    ...(schema?.required ?? []).filter((name) => !(name in example)).map((name) => `${path} lacks ${name}`),
    ...Object.entries(example).flatMap(([name, value]) =>
      name in known ? strangeIn(known[name], value, `${path}.${name}`) : [`${path} has ${name}`],
    ),
  ];
}

describe('the OpenAPI document of the whole API', () => {
  it('has an example of everything', () => expect(operationsWithoutExample(document)).toEqual([]));

  it('describes bodies by the schemas of their own', () => {
    const strange = operationsIn(document).flatMap(([name, { requestBody }]) => {
      const json = (requestBody as { content?: Record<string, JsonContent> })?.content?.['application/json'];
      return json ? strangeIn(json.schema, json.example, name) : [];
    });
    expect(strange).toEqual([]);
  });

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
