import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import { type Db, MongoClient, type MongoClientOptions } from 'mongodb';
import { type MongoDb, type MongoDbOptions, startMongoDb } from '../index.js';

/** A real replica set to run the same specs against; unset: the embedded server. */
const realUrl = process.env['MONGODB_URL'];

/** `describe` and `it` options for what only the embedded server does or refuses; the reason is part of the name. */
export const isEmbedded = realUrl === undefined;

export interface Deployment {
  readonly client: MongoClient;
  readonly db: Db;
  /** A database of the spec's own besides `db`, dropped at the end. */
  readonly otherDb: Db;
  /** Another client, closed at the end. */
  connect(options?: MongoClientOptions): MongoClient;
}

/** A server for one spec file: started before it, or the one that MONGODB_URL names; nothing is left after it. */
export function useDeployment(options: Pick<MongoDbOptions, 'changeRetention'> = {}): Deployment {
  const name = `spec_${randomUUID().slice(0, 8)}`;
  const clients: MongoClient[] = [];
  let server: MongoDb | undefined;
  let client: MongoClient | undefined;
  let url = realUrl;

  beforeAll(async () => {
    if (url === undefined) {
      server = await startMongoDb({
        ...options,
        sync: 'none',
        failPoints: true,
        logger: { error: (details, message) => console.error(message, details) },
      });
      url = server.url;
    }
    client = new MongoClient(url);
    await client.connect();
  }, 30_000);

  afterAll(async () => {
    await client?.db(name).dropDatabase();
    await client?.db(`${name}_b`).dropDatabase();
    await Promise.all([client, ...clients].map((one) => one?.close()));
    await server?.close();
  }, 30_000);

  const deployment = {
    get client() {
      return client as MongoClient;
    },
    get db() {
      return (client as MongoClient).db(name);
    },
    get otherDb() {
      return (client as MongoClient).db(`${name}_b`);
    },
    connect(options: MongoClientOptions = {}) {
      const another = new MongoClient(url as string, options);
      clients.push(another);
      return another;
    },
  };
  return deployment;
}
