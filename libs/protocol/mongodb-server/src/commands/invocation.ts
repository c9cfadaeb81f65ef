import type { Encodable } from '../bson/encode.js';
import { BsonType, type BsonValue, documentValue, elementsOf } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import type { ServerSession } from '../sessions/sessions.js';
import type { ReadContext, WriteContext } from '../storage/contexts.js';
import type { Transaction } from '../storage/transaction.js';
import type { WireConnection } from '../wire/index.js';
import type { ServerState } from './server-state.js';

export type Reply = { readonly [name: string]: Encodable };

/** One command as it came, with what it needs to run. */
export class Invocation {
  /** `killOp` asked for its end. */
  isKilled = false;

  constructor(
    readonly name: string,
    readonly fields: ReadonlyMap<string, BsonValue>,
    readonly sequences: ReadonlyMap<string, readonly Buffer[]>,
    readonly database: string,
    readonly server: ServerState,
    readonly connection: WireConnection,
    readonly session: ServerSession | undefined,
    readonly transaction: Transaction | undefined,
    /** A retryable write's number; undefined inside transactions. */
    readonly retryNumber: bigint | undefined,
  ) {}

  get(name: string): BsonValue | undefined {
    const value = this.fields.get(name);
    return value?.type === BsonType.null ? undefined : value;
  }

  string(name: string): string {
    const value = this.get(name);
    if (value?.type !== BsonType.string)
      throw new MongoError(
        14,
        `BSON field '${this.name}.${name}' is the wrong type or missing, expected type 'string'`,
      );
    return value.string();
  }

  document(name: string): BsonValue | undefined {
    const value = this.get(name);
    if (value && value.type !== BsonType.object)
      throw new MongoError(14, `BSON field '${this.name}.${name}' is the wrong type, expected type 'object'`);
    return value;
  }

  number(name: string): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (!value.isNumber)
      throw new MongoError(14, `BSON field '${this.name}.${name}' is the wrong type, expected a number`);
    return Number(value.number());
  }

  boolean(name: string): boolean {
    return this.get(name)?.truthy() ?? false;
  }

  /** Documents of the body's array or of the message's own section of that name. */
  documents(name: string): BsonValue[] {
    const sequence = this.sequences.get(name);
    if (sequence) return sequence.map((bytes) => documentValue(bytes));
    const value = this.get(name);
    if (value?.type !== BsonType.array)
      throw new MongoError(14, `BSON field '${this.name}.${name}' is missing or no array`);
    return elementsOf(value);
  }

  /** `<database>.<collection>` of a command whose first field names the collection. */
  get namespace(): string {
    return this.namespaceOf(this.string(this.name));
  }

  namespaceOf(collection: string): string {
    const namespace = `${this.database}.${collection}`;
    const isBad =
      collection === '' ||
      collection.startsWith('.') ||
      collection.includes('\0') ||
      collection.includes('$');
    if (isBad || Buffer.byteLength(namespace) > 255)
      throw new MongoError(73, `Invalid namespace specified '${namespace}'`);
    return namespace;
  }

  /** Reads from the transaction, else from a snapshot that lives as long as the work. */
  async read<T>(work: (context: ReadContext) => Promise<T> | T): Promise<T> {
    const { context, release } = this.transaction
      ? { context: this.transaction, release: this.transaction.use() }
      : this.server.engine.read();
    try {
      return await work(context);
    } finally {
      release();
    }
  }

  /**
   * Writes in the transaction, else in a commit of its own, together with the reply for a repetition.
   * A repeated number is answered with the stored reply and does nothing.
   */
  async write(work: (context: WriteContext) => Reply): Promise<Reply | Buffer> {
    if (this.transaction) return work(this.transaction);
    const { session, retryNumber, server } = this;
    const maxTimeMs = this.number('maxTimeMS') || undefined;
    if (!session || retryNumber === undefined) return server.engine.write(work, maxTimeMs);
    return server.engine.write(
      (context) => server.retries.once(context, session.key, retryNumber, () => work(context)),
      maxTimeMs,
    );
  }

  /** @returns a check that ends a long reading when its time is over. */
  timeLimit(): () => void {
    const maxTimeMs = this.number('maxTimeMS');
    const deadline = maxTimeMs ? Date.now() + maxTimeMs : Number.POSITIVE_INFINITY;
    return () => {
      if (Date.now() > deadline) throw new MongoError(50, 'operation exceeded time limit');
      this.refuseWhenEnded();
    };
  }

  /** @throws MongoError 11600 or 11601 when the store closes, or the session or this command was killed. */
  refuseWhenEnded(): void {
    this.server.engine.refuseWhenClosing();
    if (this.isKilled || this.session?.isKilled) throw new MongoError(11601, 'operation was interrupted');
  }

  /** @throws MongoError 238 for any collation but the simple one. */
  refuseCollation(collation = this.get('collation')): void {
    if (collation?.type !== BsonType.object) return;
    const entries = collation.raw().length > 5;
    if (!entries) return;
    const locale = collation.raw().includes(Buffer.from('locale\0\x07\0\0\0simple\0'));
    if (!locale) throw notSupported('a collation other than simple');
  }
}
