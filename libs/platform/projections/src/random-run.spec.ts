import { describe, expect, it } from '@jest/globals';
import { createLogger, createMetrics } from '#libs/platform/observability';
import { seeded } from '#libs/testing';
import { DocumentFault } from './projection-store.js';
import { Projector } from './projector.js';
import { ProjectionRegistry } from './registry.js';
import { InMemoryLog } from './testing/in-memory-log.js';
import { InMemoryProjectionStore } from './testing/in-memory-projection-store.js';
import { counted, forgotten, type Tally, tallyContext } from './testing/tallies.js';

/** A store that takes its time, and fails before and after commits. */
class MoodyStore extends InMemoryProjectionStore {
  faults = 0;

  constructor(private readonly random: () => number) {
    super();
    this.beforeCommit = async (writes) => {
      await this.pause();
      if (random() < 0.02) throw this.fault(new Error('lost before the commit'));
      const isLarge = writes.some(
        ({ registered, documents }) => registered.id === 'tallies@1' && documents.size > 1,
      );
      if (isLarge && random() < 0.03)
        throw this.fault(new DocumentFault('tallies@1', 'n-1', 'spoilt, this time'));
    };
    this.afterCommit = () => {
      if (random() < 0.02) throw this.fault(new Error('lost after the commit'));
    };
  }

  private fault(error: Error): Error {
    this.faults++;
    return error;
  }

  override async load(...args: Parameters<InMemoryProjectionStore['load']>) {
    const loaded = await super.load(...args);
    await this.pause();
    return loaded;
  }

  private async pause(): Promise<void> {
    for (let turns = Math.floor(this.random() * 4); turns > 0; turns--)
      await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a random run', () => {
  it.each([11, 12, 13])(
    'with seed %i leaves what folding the log once leaves',
    async (seed) => {
      const random = seeded(seed);
      const log = new InMemoryLog();
      const store = new MoodyStore(random);
      const expected = new Map<string, Tally>();
      const projector = new Projector({
        registry: new ProjectionRegistry([tallyContext()]),
        connectLog: log.connect,
        store,
        logger: createLogger({ level: 'silent', format: 'json' }),
        metrics: createMetrics(),
        // Room for a few documents only, and commits of a few events.
        cacheBytes: 300,
        limits: { documents: 20, coldDocuments: 6, ahead: { events: 40, sizeBytes: 10_000 }, ageMs: 5 },
        firstPauseMs: 1,
      });
      projector.start();
      for (let by = 0; by < 3_000; by++) {
        const of = `n-${Math.floor(random() * 50)}`;
        if (random() < 0.1) {
          log.append(forgotten(of));
          expected.delete(of);
        } else {
          log.append(counted(of, by));
          const { events = 0, sum = 0 } = expected.get(of) ?? {};
          expected.set(of, { events: events + 1, sum: sum + by });
        }
        if (random() < 0.05) await new Promise((resolve) => setImmediate(resolve));
      }
      const position = log.events.at(-1)!.position.commit;
      while (!projector.list().every((each) => each.position === position && each.state === 'live'))
        await new Promise((resolve) => setTimeout(resolve, 1));
      await projector.stop();
      expect(store.content('tallies@1')).toEqual(Object.fromEntries(expected));
      expect(store.faults).toBeGreaterThan(0);
      expect(store.commits.some((writes) => writes.length === 1)).toBe(true);
      expect(store.stands.get('tallies@1')).toEqual({ position, events: 3_000 });
    },
    15_000,
  );
});
