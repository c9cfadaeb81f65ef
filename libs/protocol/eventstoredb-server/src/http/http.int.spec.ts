import { once } from 'node:events';
import { connect } from 'node:net';
import { END } from '@eventstore/db-client';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { collected, isEmbedded, manyNumbered, nodeUnderTest } from '../conformance/node-under-test.js';
import { watched } from '../conformance/watched-subscription.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();
let origin: string;
beforeAll(() => {
  origin = node.url.replace('esdb:', 'http:').replace(/\?.*/, '');
});
const get = (path: string, options: RequestInit = {}) => fetch(origin + path, options);

/** The figures by name and labels, as Prometheus reads them. */
async function figures(): Promise<Record<string, number>> {
  const lines = (await (await get('/metrics')).text()).split('\n');
  const samples = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    samples.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' ') + 1)),
    ]),
  );
}

// The bodies are this node's own, so nothing of it is asked of a real one.
(isEmbedded ? describe : describe.skip)(
  'HTTP/1.1 on the port of the node [embedded only: its own figures]',
  () => {
    it('tells that it lives, and what it is', async () => {
      expect((await get('/health/live')).status).toBe(204);
      expect((await get('/health/live?liveCode=200')).status).toBe(200);
      expect(await (await get('/ping')).json()).toMatchObject({
        text: 'Ping request successfully handled',
      });
      expect(await (await get('/info')).json()).toMatchObject({
        dbVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
        state: 'leader',
        features: { projections: true },
      });
    });

    it('gossips about itself', async () => {
      const { hostname, port } = new URL(origin);
      expect(await (await get('/gossip')).json()).toMatchObject({
        members: [
          { state: 'Leader', isAlive: true, httpEndPointIp: hostname, httpEndPointPort: Number(port) },
        ],
      });
    });

    it('gives statistics as JSON', async () => {
      const { position } = await node.client.appendToStream('statistics', manyNumbered(3));
      expect(await (await get('/stats')).json()).toMatchObject({
        proc: { id: process.pid, mem: expect.any(Number) },
        es: {
          log: { events: Number(position!.commit) + 1, bytes: expect.any(Number), waitingBytes: 0 },
          projections: { $by_category: { status: 'Stopped' } },
        },
      });
    });

    it('counts what it does for Prometheus', async () => {
      const before = await figures();
      await node.client.appendToStream('figures', manyNumbered(5));
      await collected(node.client.readStream('figures'));
      const seen = watched(node.client.subscribeToAll({ fromPosition: END }));
      await seen.caughtUp();
      const after = await figures();
      const grown = (name: string) => after[name]! - (before[name] ?? 0);
      expect(grown('eventstoredb_events_appended_total')).toBe(5);
      expect(grown('eventstoredb_log_events')).toBe(5);
      expect(grown('eventstoredb_log_bytes')).toBeGreaterThan(5 * 100);
      expect(grown('eventstoredb_streams')).toBe(1);
      expect(grown('eventstoredb_disk_sync_seconds_count')).toBeGreaterThanOrEqual(1);
      expect(grown('eventstoredb_disk_written_bytes_total')).toBeGreaterThan(5 * 100);
      expect(grown('eventstoredb_cache_hits_total')).toBeGreaterThanOrEqual(1);
      const read = 'method="/event_store.client.streams.Streams/Read"';
      expect(grown(`eventstoredb_calls_total{${read},code="0"}`)).toBe(1);
      expect(grown(`eventstoredb_calls_open{${read}}`)).toBe(1);
      expect(after['eventstoredb_subscriptions_open{to="all"}']).toBe(1);
      expect(after['eventstoredb_persistent_subscription_groups']).toBe(0);
      await seen.stop();
      while ((await figures())['eventstoredb_subscriptions_open{to="all"}'] !== 0)
        await node.client.readAll({ maxCount: 1 });
    });

    it('answers what it does not have, and what it does not do, in JSON', async () => {
      for (const path of ['/', '/web', '/streams/figures', '//', '/%'])
        expect([path, (await get(path)).status]).toEqual([path, 404]);
      const refused = await get('/ping', { method: 'POST', body: 'x'.repeat(100_000) });
      expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
      expect(await refused.json()).toEqual({ error: 'Only GET is served here; clients speak gRPC.' });
      const head = await get('/ping', { method: 'HEAD' });
      expect([head.status, await head.text()]).toEqual([200, '']);
    });

    it('refuses headers without end, and lines that are none', async () => {
      const { hostname, port } = new URL(origin);
      for (const request of [
        `GET /ping HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
        'GET\r\n\r\n',
      ]) {
        const socket = connect(Number(port), hostname);
        socket.end(request);
        const [answer] = (await once(socket, 'data')) as [Buffer];
        expect(answer.toString()).toMatch(/^HTTP\/1\.1 4(00|31) /);
        socket.destroy();
      }
    });
  },
);
