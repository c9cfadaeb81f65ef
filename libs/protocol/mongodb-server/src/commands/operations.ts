import type { Encodable } from '../bson/encode.js';
import { MongoError } from '../errors.js';
import type { Invocation, Reply } from './invocation.js';

/** Commands under way, so that an operator can see and end the long ones. */
export class Operations {
  private lastId = 0;
  private readonly running = new Map<number, { invocation: Invocation; startedAt: number }>();

  begin(invocation: Invocation): number {
    const id = ++this.lastId;
    this.running.set(id, { invocation, startedAt: performance.now() });
    return id;
  }

  end(id: number): void {
    this.running.delete(id);
  }

  /** A reading ends soon, with 11601; what is being written is written to its end. */
  kill(id: number): void {
    const found = this.running.get(id);
    if (found) found.invocation.isKilled = true;
  }

  *[Symbol.iterator](): IterableIterator<{ id: number; invocation: Invocation; runningMs: number }> {
    for (const [id, { invocation, startedAt }] of this.running)
      yield { id, invocation, runningMs: performance.now() - startedAt };
  }
}

/** The kinds of operation that MongoDB tells apart. */
const KINDS: Readonly<Record<string, string>> = {
  find: 'query',
  getMore: 'getmore',
  insert: 'insert',
  update: 'update',
  delete: 'remove',
};

export function currentOp(invocation: Invocation): Reply {
  demandAdmin(invocation);
  return { inprog: [...invocation.server.operations].map(shown), ok: 1 };
}

function shown(operation: { id: number; invocation: Invocation; runningMs: number }): {
  [name: string]: Encodable;
} {
  const { id, invocation, runningMs } = operation;
  const { name, database, connection } = invocation;
  const target = invocation.get(name === 'getMore' ? 'collection' : name);
  const collection = target?.type === 2 ? target.string() : '$cmd';
  return {
    type: 'op',
    host: `${invocation.server.address.host}:${invocation.server.address.port}`,
    desc: `conn${connection.id}`,
    connectionId: connection.id,
    client: connection.remoteAddress,
    active: true,
    opid: id,
    secs_running: BigInt(Math.floor(runningMs / 1_000)),
    microsecs_running: BigInt(Math.floor(runningMs * 1_000)),
    op: KINDS[name] ?? 'command',
    ns: `${database}.${collection}`,
    command: Object.fromEntries(invocation.fields),
    killPending: invocation.isKilled,
  };
}

export function killOp(invocation: Invocation): Reply {
  demandAdmin(invocation);
  const id = invocation.number('op');
  if (id === undefined || !Number.isInteger(id)) throw new MongoError(40414, 'Did not provide "op" field');
  invocation.server.operations.kill(id);
  invocation.server.engine.wakeWaiting();
  return { info: 'attempting to kill op', ok: 1 };
}

function demandAdmin({ database, name }: Invocation): void {
  if (database !== 'admin') throw new MongoError(13, `${name} may only be run against the admin database.`);
}
