import type { ContextDefinition } from '#libs/platform/kernel';
import { mongoClient } from '../mongo/connect.js';
import { ProjectionRegistry } from '../registry.js';
import { EsdbLogReader } from './esdb-log-reader.js';
import type { LogReader } from './log-reader.js';
import { MongoStoredReadModels } from './mongo-stored-read-models.js';
import { Verification } from './verification.js';

export interface OpenedVerification {
  readonly registry: ProjectionRegistry;
  readonly verification: Verification;
  /** The log as the verification reads it. */
  readonly log: LogReader;
  close(): Promise<void>;
}

export interface VerificationSettings {
  /** `esdb://…` */
  readonly eventStoreUrl: string;
  /** `mongodb://…` of a replica set. */
  readonly mongoUrl: string;
  readonly contexts: readonly ContextDefinition[];
}

/** Verification on connections of its own. It only reads. */
export function openVerification(settings: VerificationSettings): OpenedVerification {
  const registry = new ProjectionRegistry(settings.contexts);
  const log = new EsdbLogReader(settings.eventStoreUrl, registry);
  const stored = new MongoStoredReadModels(mongoClient(settings.mongoUrl, 'tidemark-verify'));
  return {
    registry,
    verification: new Verification(log, stored),
    log,
    async close() {
      await Promise.all([log.close(), stored.close()]);
    },
  };
}
