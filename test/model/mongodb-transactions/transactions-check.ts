import { type ClientSession, type Collection, MongoClient, MongoServerError } from 'mongodb';
import { startMongoDb } from '#libs/protocol/mongodb-server';
import { type Dice, dice } from '#libs/testing';
import { checkHistory } from './check-history.js';
import type { Recorded, Step } from './history.js';

const CLIENTS = 16;
const LISTS = 8;
const WRITE_CONFLICT = 112;

interface List {
  _id: string;
  values: number[];
}

export interface TransactionsCheckOptions {
  readonly seed: number;
  /** How many transactions, over all clients. */
  readonly operations: number;
  readonly onProgress?: (done: number) => void;
}

export interface TransactionsOutcome {
  readonly committed: number;
  readonly aborted: number;
  readonly faults: readonly string[];
}

/** 16 clients append to and read few lists in transactions and outside, and the history of all is checked. */
export async function transactionsCheck(options: TransactionsCheckOptions): Promise<TransactionsOutcome> {
  const server = await startMongoDb({ sync: 'none' });
  const clients = Array.from({ length: CLIENTS }, () => new MongoClient(server.url));
  try {
    const lists = clients[0]!.db('lists').collection<List>('lists');
    await lists.insertMany(Array.from({ length: LISTS }, (_none, i) => ({ _id: `l${i}`, values: [] })));
    const shared = { history: [] as Recorded[], started: 0, lastValue: 0 };
    await Promise.all(clients.map((client, i) => new Appender(client, i, options, shared).run()));
    const stored = await lists.find().toArray();
    const faults = checkHistory(shared.history, new Map(stored.map(({ _id, values }) => [_id, values])));
    const committed = shared.history.filter((recorded) => recorded.committed).length;
    return { committed, aborted: shared.history.length - committed, faults };
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await server.close();
  }
}

interface Shared {
  readonly history: Recorded[];
  started: number;
  lastValue: number;
}

class Appender {
  private readonly lists: Collection<List>;
  private readonly random: Dice;

  constructor(
    private readonly client: MongoClient,
    private readonly number: number,
    private readonly options: TransactionsCheckOptions,
    private readonly shared: Shared,
  ) {
    this.lists = client.db('lists').collection('lists');
    this.random = dice(options.seed * 1_000 + number);
  }

  async run(): Promise<void> {
    while (this.shared.started < this.options.operations) {
      this.shared.started++;
      if (this.shared.started % 1_000 === 0) this.options.onProgress?.(this.shared.started);
      if (this.random.upTo(10) === 0) await this.single();
      else await this.transaction();
    }
  }

  private async single(): Promise<void> {
    const step = await this.step(undefined);
    this.shared.history.push({ client: this.number, steps: [step], committed: true });
  }

  private async transaction(): Promise<void> {
    const session = this.client.startSession();
    const steps: Step[] = [];
    let committed = false;
    try {
      session.startTransaction();
      const count = 1 + this.random.upTo(5);
      for (let i = 0; i < count; i++) await this.step(session, steps);
      if (this.random.upTo(10) === 0) await session.abortTransaction();
      else {
        await session.commitTransaction();
        committed = true;
      }
    } catch (error) {
      if (!(error instanceof MongoServerError) || error.code !== WRITE_CONFLICT) throw error;
      if (!error.hasErrorLabel('TransientTransactionError'))
        throw new Error('a write conflict without its label', { cause: error });
    } finally {
      await session.endSession();
    }
    this.shared.history.push({ client: this.number, steps, committed });
  }

  /** Notes the step before it is sent: an append that failed is one too, and must not be there. */
  private async step(session: ClientSession | undefined, steps: Step[] = []): Promise<Step> {
    const list = `l${this.random.upTo(LISTS)}`;
    const options = session ? { session } : {};
    if (this.random.upTo(2) === 0) {
      const found = await this.lists.findOne({ _id: list }, options);
      const step: Step = { kind: 'read', list, values: found!.values };
      steps.push(step);
      return step;
    }
    const step: Step = { kind: 'append', list, value: ++this.shared.lastValue };
    steps.push(step);
    await this.lists.updateOne({ _id: list }, { $push: { values: step.value } }, options);
    return step;
  }
}
