import { MongoClient } from 'mongodb';
import { startMongoDb } from '../index.js';

/** Writes to a server of its own until it is killed; says each acknowledged write on standard output. */
const [dataDir] = process.argv.slice(2);
const server = await startMongoDb({ dataDir: dataDir as string });
const client = new MongoClient(server.url);
const singles = client.db('crash').collection<{ _id: string }>('singles');
const pairs = [
  client.db('crash').collection<{ _id: string }>('left'),
  client.db('other').collection<{ _id: string }>('right'),
];
const run = process.pid;
const say = (line: string) => process.stdout.write(`${line}\n`);

async function inserts(writer: number): Promise<never> {
  for (let i = 0; ; i++) {
    const _id = `${run}-${writer}-${i}`;
    await singles.insertOne({ _id });
    say(`single ${_id}`);
  }
}

async function transactions(): Promise<never> {
  for (let i = 0; ; i++) {
    const _id = `${run}-${i}`;
    await client.withSession((session) =>
      session.withTransaction(async () => {
        for (const collection of pairs) await collection.insertOne({ _id }, { session });
      }),
    );
    say(`pair ${_id}`);
  }
}

await Promise.all([inserts(0), inserts(1), inserts(2), transactions()]);
