import { describe, expect, it } from '@jest/globals';
import { eventStreamsContract } from '../contract-suite/event-streams-contract.js';
import { InMemoryEventStreams } from './in-memory-event-streams.js';

eventStreamsContract('memory', async () => ({
  streams: new InMemoryEventStreams(),
  close: async () => undefined,
}));

describe('InMemoryEventStreams', () => {
  it('keeps what was appended, not the object', async () => {
    const streams = new InMemoryEventStreams();
    const data = { list: [1] };
    await streams.append('a-1', [{ id: 'e', type: 'T', data, metadata: {} }], 'no_stream');
    data.list.push(2);
    (streams.all()[0]!.data as typeof data).list.push(3);
    expect(streams.all()).toMatchObject([{ data: { list: [1] }, position: 0n }]);
  });
});
