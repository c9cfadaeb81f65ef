import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '#libs/platform/kernel';
import { recorded } from '#libs/platform/testing';
import { ProjectionRegistry, type RegisteredProjection } from '../registry.js';
import { tallies, tallyContext } from '../testing/tallies.js';
import type { Finding } from './findings.js';
import { LogReader } from './log-reader.js';
import type { Scope } from './selection.js';
import { StoredReadModels } from './stored-read-models.js';
import { Verification } from './verification.js';

const registry = new ProjectionRegistry([tallyContext({ projections: [tallies] })]);
const registered = registry.named('tallies');

/** Positions 0, 10, 20, …: they are not counts. */
class Log extends LogReader {
  readonly events: RecordedEvent[] = [];
  add(type: 'Counted' | 'Forgotten', of: string, by = 1): this {
    const index = BigInt(this.events.length);
    this.events.push(
      recorded(
        { type, data: { of, by } },
        {
          stream: `tally-${of}`,
          revision: index,
          position: index * 10n,
          recordedAt: new Date(Number(index) * 1_000).toISOString(),
        },
      ),
    );
    return this;
  }
  async *read(after: bigint, upTo: bigint) {
    for (const event of this.events) if (event.position > after && event.position <= upTo) yield event;
  }
  async head() {
    return this.events.at(-1)?.position ?? -1n;
  }
  async close() {}
}

class Stored extends StoredReadModels {
  position: bigint | undefined = -1n;
  readonly held = new Map<string, object>();
  /** Called once, after the documents have been streamed. */
  meanwhile = () => {};
  async count() {
    return this.held.size;
  }
  async checkpoint() {
    return this.position === undefined ? undefined : { position: this.position, events: 0 };
  }
  async *documents() {
    for (const [key, document] of [...this.held]) yield { key, document };
    this.meanwhile();
  }
  async together(_registered: RegisteredProjection, keys: readonly string[]) {
    const documents = new Map([...this.held].filter(([key]) => keys.includes(key)));
    return { checkpoint: { position: this.position ?? -1n, events: 0 }, documents };
  }
  async close() {}
}

let log: Log;
let stored: Stored;
beforeEach(() => {
  log = new Log().add('Counted', 'a', 1).add('Counted', 'b', 2).add('Counted', 'a', 3);
  stored = new Stored();
  stored.position = 20n;
  stored.held.set('a', { events: 2, sum: 4 }).set('b', { events: 1, sum: 2 });
});

async function verify(scope: Scope = { kind: 'all' }) {
  const [report] = await new Verification(log, stored).run({ projections: [registered], scope });
  return report!;
}
const findings = async (): Promise<readonly Finding[]> => (await verify()).findings;

describe('verification', () => {
  it('finds nothing where every document is what the log says', async () =>
    expect(await verify()).toEqual({
      name: 'tallies',
      version: 1,
      state: 'verified',
      position: 20n,
      documents: 2,
      compared: 2,
      equal: 2,
      unequal: 0,
      findings: [],
    }));

  it('names each field that differs, and the event that should have set it', async () => {
    stored.held.set('a', { events: 2, sum: 5, extra: true });
    const event = { type: 'Counted', stream: 'tally-a', revision: 2n, position: 20n };
    expect(await findings()).toMatchObject([
      {
        kind: 'different',
        key: 'a',
        fields: [
          { path: '/sum', stored: 5, expected: 4, event },
          { path: '/extra', stored: true },
        ],
      },
    ]);
  });

  it('names a missing document, and what touched it last', async () => {
    stored.held.delete('b');
    expect(await findings()).toMatchObject([{ kind: 'missing', key: 'b', event: { revision: 1n } }]);
  });

  it('names a document that was removed, and one that no event made', async () => {
    log.add('Forgotten', 'b');
    stored.position = 30n;
    stored.held.set('c', { events: 1, sum: 1 });
    const [removed, invented] = await findings();
    expect(removed).toMatchObject({ kind: 'surplus', key: 'b', event: { type: 'Forgotten' } });
    expect(invented).toEqual({ kind: 'surplus', key: 'c' });
  });

  it('compares up to the checkpoint: what is behind the log is not wrong', async () => {
    log.add('Counted', 'a', 100).add('Counted', 'd', 1);
    expect(await verify()).toMatchObject({ position: 20n, compared: 2, unequal: 0 });
  });

  it('compares what is written meanwhile with its own checkpoint', async () => {
    log.add('Counted', 'a', 100).add('Counted', 'd', 1).add('Forgotten', 'b');
    stored.held.set('a', { events: 3, sum: 104 }).set('d', { events: 1, sum: 1 });
    stored.meanwhile = () => {
      stored.held.delete('b');
      stored.position = 50n;
    };
    expect(await verify()).toMatchObject({ position: 50n, unequal: 0 });
    stored.position = 20n;
    stored.meanwhile = () => {
      stored.position = 50n;
    };
    stored.held.set('a', { events: 3, sum: 4 }).set('b', { events: 1, sum: 2 });
    const found = await findings();
    expect(found.map(({ kind, key }) => `${key} ${kind}`).sort()).toEqual(['a different']);
  });

  it('refuses a checkpoint that moves back', async () => {
    stored.held.set('a', { events: 0, sum: 0 });
    stored.meanwhile = () => {
      stored.position = 0n;
    };
    await expect(verify()).rejects.toThrow('The checkpoint of tallies@1 moved back while it was verified.');
  });

  it('tells of a fold that does not get through what it has handled', async () => {
    log.events[2] = { ...log.events[2]!, event: { type: 'Counted', data: { of: 'a', by: null } } };
    const projection = {
      ...tallies,
      on: {
        ...tallies.on,
        Counted: (...[tally, recorded, key]: Parameters<NonNullable<(typeof tallies.on)['Counted']>>) => {
          if (recorded.event.data.by === null) throw new TypeError('by is no number');
          return tallies.on.Counted?.(tally, recorded, key);
        },
      },
    };
    const [report] = await new Verification(log, stored).run({
      projections: [{ ...registered, projection }],
      scope: { kind: 'all' },
    });
    expect(report?.findings).toMatchObject([
      { kind: 'unfoldable', key: 'a', message: 'by is no number', event: { position: 20n } },
    ]);
  });

  it('says of what was never built that there is nothing to compare', async () => {
    stored.position = undefined;
    expect(await verify()).toMatchObject({ state: 'not_built', compared: 0, unequal: 0 });
  });

  it('looks at the named documents only, also at one that should not be there', async () => {
    stored.held.set('a', {}).set('c', {});
    expect(await verify({ kind: 'keys', keys: ['b', 'c', 'x'] })).toMatchObject({
      compared: 2,
      unequal: 1,
      findings: [{ key: 'c', kind: 'surplus' }],
    });
  });

  it('counts more than it tells', async () => {
    for (let each = 0; each < 50; each++) stored.held.set(`surplus-${each}`, {});
    const report = await verify();
    expect(report).toMatchObject({ compared: 52, equal: 2, unequal: 50 });
    expect(report.findings).toHaveLength(20);
  });

  it('shows documents as they were: up to a position, or a time of append', async () => {
    const verification = new Verification(log, stored);
    const at = async (until: bigint | Date) =>
      Object.fromEntries((await verification.documentsAt(registered, ['a'], until)).documents);
    expect(await at(10n)).toEqual({ a: { events: 1, sum: 1 } });
    expect(await at(new Date(2_000))).toEqual({ a: { events: 2, sum: 4 } });
    expect(await at(new Date(1_999))).toEqual({ a: { events: 1, sum: 1 } });
    expect(await at(-1n)).toEqual({});
  });

  it('ends when it is told to', async () => {
    const options = {
      projections: [registered],
      scope: { kind: 'all' },
      signal: AbortSignal.abort(),
    } as const;
    await expect(new Verification(log, stored).run(options)).rejects.toThrow('aborted');
  });
});
