import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '#libs/platform/event-store';
import { findTrace, traceOf } from './trace.js';
import { traceGraphviz, traceMermaid, traceText } from './trace-pictures.js';

let position = 0n;
function event(id: string, stream: string, metadata: object | null): StoredEvent {
  position += 10n;
  return {
    id,
    stream,
    revision: 0n,
    position,
    type: `${id} happened`,
    data: { name: 'Ada' },
    metadata,
    recordedAt: '2026-03-01T10:00:00.000Z',
  };
}
const links = (commandId: string, $causationId: string, $correlationId = 'c') => ({
  $correlationId,
  $causationId,
  commandId,
  commandType: `Do ${commandId}`,
  actor: 'ada',
  at: '2026-03-01T10:00:00.000Z',
});

/** A command with two events, of which the second caused a command in another stream; and one whose cause is gone. */
const LOG = [
  event('placed', 'order-1', links('place', 'place')),
  event('other', 'order-2', links('else', 'else', 'another')),
  event('charged', 'order-1', links('place', 'place')),
  event('reserved', 'stock-1', links('reserve', 'charged')),
  event('foreign', 'legacy-1', { $correlationId: 'c', $causationId: 'reserved' }),
  event('late', 'order-1', links('again', 'gone')),
  event('system', '$stats', null),
];

async function* readLog() {
  yield* LOG;
}

describe('a trace', () => {
  const trace = traceOf(
    'c',
    LOG.filter(({ metadata }) => (metadata as { $correlationId?: string })?.$correlationId === 'c'),
  );

  it('tells who caused what, and what is missing', () => {
    expect(traceText(trace)).toBe(
      [
        'correlation c: 5 events in 3 streams',
        'Do place  by ada  2026-03-01T10:00:00.000Z  place',
        '  → placed happened (order-1@0)',
        '  → charged happened (order-1@0)',
        '      Do reserve  by ada  2026-03-01T10:00:00.000Z  reserve',
        '        → reserved happened (stock-1@0)',
        '            (no command)  reserved',
        '              → foreign happened (legacy-1@0)',
        'Do again  by ada  2026-03-01T10:00:00.000Z  again',
        '  caused by gone, which is MISSING',
        '  → late happened (order-1@0)',
      ].join('\n'),
    );
    expect(
      JSON.stringify(trace, (_key, value) => (typeof value === 'bigint' ? `${value}` : value)),
    ).not.toContain('Ada');
  });

  it('is drawn as Mermaid and as Graphviz', () => {
    const mermaid = traceMermaid(trace).split('\n');
    expect(mermaid.slice(0, 4)).toEqual([
      'flowchart LR',
      '  n1["Do place by ada"]',
      '  n2(["placed happened (order-1@0)"])',
      '  n1 --> n2',
    ]);
    expect(mermaid).toContain('  n9{{"missing: gone"}}');
    expect(traceGraphviz(trace)).toMatch(
      /^digraph trace \{\n {2}rankdir=LR;\n {2}n1 \[label="Do place by ada", shape=box\];/,
    );
  });

  it.each(['c', 'place', 'charged', 'reserve', 'foreign'])('is found by the id %s', async (id) =>
    expect(await findTrace(readLog, id)).toEqual(trace),
  );

  it('is not found by an unknown id', async () =>
    expect(await findTrace(readLog, 'nothing')).toBeUndefined());
});
