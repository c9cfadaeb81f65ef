import { describe, expect, it } from '@jest/globals';
import { readConfiguration, storedConfiguration } from './group-configuration.js';
import type { GroupEntry } from './group-entry.js';

const SETTINGS: GroupEntry['settings'] = {
  startFrom: 5n,
  resolveLinks: true,
  extraStatistics: true,
  messageTimeoutMs: 1,
  maxRetryCount: 2,
  checkpointAfterMs: 3,
  minCheckpointCount: 4,
  maxCheckpointCount: 5,
  maxSubscriberCount: 6,
  liveBufferSize: 7,
  readBatchSize: 8,
  historyBufferSize: 9,
  strategy: 'PinnedByCorrelation',
};
const entry: GroupEntry = { source: 'stream', name: 'group', settings: SETTINGS, endAtCreation: 12 };
const stored = (...entries: GroupEntry[]) => JSON.stringify(storedConfiguration(entries, 0));

describe('the configuration of groups', () => {
  it.each<[string, GroupEntry]>([
    ['of a stream', entry],
    ['from the end', { ...entry, settings: { ...SETTINGS, startFrom: 'end' } }],
    [
      'from beyond what numbers hold exactly',
      { ...entry, settings: { ...SETTINGS, startFrom: 2n ** 63n - 1n } },
    ],
    ['of $all', { ...entry, source: '$all' }],
    [
      'with prefixes',
      { ...entry, source: '$all', filter: { on: 'stream', regex: '', prefixes: ['a', 'b,c'] } },
    ],
    ['with a pattern', { ...entry, source: '$all', filter: { on: 'type', regex: '^a,b$', prefixes: [] } }],
    ['with odd names', { ...entry, source: 'é::"', name: '' }],
  ])('is read as it was written: a group %s', (_name, group) => {
    expect(readConfiguration(stored(entry, group))).toEqual([entry, group]);
  });

  it('looks as EventStoreDB writes it', () => {
    expect(
      JSON.parse(stored({ ...entry, source: '$all', settings: { ...SETTINGS, startFrom: 'end' } })),
    ).toEqual({
      version: '2',
      updated: '1970-01-01T00:00:00.000Z',
      updatedBy: 'system',
      entries: [
        {
          stream: '$all',
          group: 'group',
          resolveLinkTos: true,
          extraStatistics: true,
          messageTimeout: 1,
          startPosition: 'C:-1/P:-1',
          endAtCreation: 12,
          liveBufferSize: 7,
          historyBufferSize: 9,
          maxRetryCount: 2,
          readBatchSize: 8,
          checkPointAfter: 3,
          minCheckPointCount: 4,
          maxCheckPointCount: 5,
          maxSubscriberCount: 6,
          namedConsumerStrategy: 'PinnedByCorrelation',
        },
      ],
    });
  });

  it.each([
    '',
    '{}',
    '[]',
    'null',
    '{"version":"3","entries":[]}',
    '{"version":"2","entries":[{"stream":"s"}]}',
  ])('is refused when it is none: %s', (data) => expect(() => readConfiguration(data)).toThrow());

  it('is refused with settings that cannot be', () => {
    const [without, unknown] = ['readBatchSize', 'namedConsumerStrategy'].map((field) =>
      stored(entry).replace(new RegExp(`"${field}":("?)[^",]*("?)`), `"${field}":"x"`),
    );
    expect(() => readConfiguration(without!)).toThrow(/readBatchSize/);
    expect(() => readConfiguration(unknown!)).toThrow(/does not exist/);
  });
});
