import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventStoreDBClient, streamNameFilter } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type EventStoreDbNode, startEventStoreDb } from '#libs/protocol/eventstoredb-server';
import { Child, run, type TemporaryFolder, temporaryFolder } from '../harness/index.js';

const INVOICES = 400;
const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';

/** Invoices of three rows, 40 customers and 60 products between them; every tenth is a cancellation. */
function madeUpRows(): string[] {
  return Array.from({ length: INVOICES * 3 }, (_none, index) => {
    const invoice = Math.floor(index / 3);
    const cancels = invoice % 10 === 9;
    const number = `${cancels ? 'C' : ''}${600_000 + invoice}`;
    const at = new Date(Date.UTC(2011, 0, 1) + invoice * 90_000).toISOString();
    const time = at.slice(0, 19).replace('T', ' ');
    const product = 20_000 + ((index * 7) % 60);
    const quantity = cancels ? -1 : 1 + (index % 5);
    return `${number},${product},Thing ${product},${quantity},${time},${1 + (index % 9)}.25,${12_000 + (invoice % 40)}.0,France`;
  });
}

describe('an import killed on its way', () => {
  let folder: TemporaryFolder;
  let file: string;
  const nodes: EventStoreDbNode[] = [];
  const clients: EventStoreDBClient[] = [];
  beforeEach(() => {
    folder = temporaryFolder('resume');
    file = join(folder.path, 'made-up.csv');
    writeFileSync(file, `${[HEADER, ...madeUpRows()].join('\n')}\n`);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.dispose();
    for (const node of nodes.splice(0)) await node.close();
    folder.remove();
  });

  async function startedNode() {
    const node = await startEventStoreDb();
    nodes.push(node);
    const client = EventStoreDBClient.connectionString(node.url);
    clients.push(client);
    return { node, client };
  }
  const importing = ({ url }: EventStoreDbNode) => ({
    entry: 'dist/apps/ops/src/main.js',
    args: ['import', 'online-retail', file, '--json', '--in-flight', '4'],
    // Read models are not asked for: no MongoDB listens there.
    env: { EVENTSTORE_URL: url, MONGODB_URL: 'mongodb://127.0.0.1:1/?replicaSet=rs0', LOG_LEVEL: 'error' },
  });

  async function killedAfter(orders: number, node: EventStoreDbNode, client: EventStoreDBClient) {
    const filter = streamNameFilter({ prefixes: ['order-'] });
    const subscription = client.subscribeToAll({ filter });
    const child = new Child(importing(node));
    try {
      let seen = 0;
      for await (const { event } of subscription) if (event && ++seen === orders) break;
    } finally {
      await child.kill();
      await subscription.unsubscribe().catch(() => undefined); // ended with the loop
    }
  }

  /** Every event of ours by its stream, with what tells one command from another; not the order of the streams. */
  async function logOf(client: EventStoreDBClient) {
    const streams: Record<string, unknown[]> = {};
    for await (const { event } of client.readAll())
      if (event && !event.type.startsWith('$')) {
        streams[event.streamId] ??= [];
        streams[event.streamId]?.push([event.id, event.type, event.data, event.metadata]);
      }
    return streams;
  }

  it('and run again ends in the same state as one whole run', async () => {
    const whole = await startedNode();
    const told = await run(importing(whole.node));
    expect(told).toMatchObject({ code: 0 });
    expect(JSON.parse(told.stdout)).toMatchObject({ orders: 360, customers: 40, products: 60 });

    const torn = await startedNode();
    for (const orders of [20, 150, 300]) await killedAfter(orders, torn.node, torn.client);
    const before = Object.keys(await logOf(torn.client)).length;
    expect(before).toBeLessThan(500); // the last one was killed before its end
    const again = await run(importing(torn.node));
    expect(again).toMatchObject({ code: 0 });

    const expected = await logOf(whole.client);
    expect(Object.keys(expected)).toHaveLength(500);
    expect(await logOf(torn.client)).toEqual(expected);
    expect({ ...JSON.parse(again.stdout), seconds: 0, position: 0 }).toEqual({
      ...JSON.parse(told.stdout),
      seconds: 0,
      position: 0,
    });
  }, 180_000);
});
