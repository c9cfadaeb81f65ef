import { once } from 'node:events';
import type { Socket } from 'node:net';
import { serialize } from 'bson';
import { encodeMsg, encodeReply, parseMessage, WireError, type WireRequest } from './message.js';
import { MessageCutter } from './message-cutter.js';

/** What commands may know of the connection that they came by. */
export interface WireConnection {
  readonly id: number;
  readonly remoteAddress: string;
  /** Aborts when the connection is gone. */
  readonly closed: AbortSignal;
  /** What commands keep for this connection. */
  readonly state: Map<symbol, unknown>;
  close(): void;
}

/**
 * Runs one request. Errors are replies too: what it throws is a fault of the server, logged, and ends the connection.
 * An async iterable answers an exhaust request: each item is a reply of its own, until the connection is closed.
 */
export type WireHandler = (
  request: WireRequest,
  connection: WireConnection,
) => Promise<Buffer> | AsyncIterable<Buffer>;

/** One client's connection: requests strictly in order, one at a time. */
export class Connection implements WireConnection {
  readonly state = new Map<symbol, unknown>();
  readonly remoteAddress: string;
  readonly #closed = new AbortController();
  #lastRequestId = 0;

  constructor(
    readonly id: number,
    private readonly socket: Socket,
    private readonly handler: WireHandler,
  ) {
    this.remoteAddress = `${socket.remoteAddress ?? 'unix'}:${socket.remotePort ?? 0}`;
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#closed.abort());
  }

  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  close(): void {
    this.socket.destroy();
  }

  /** Serves until the client goes. @throws what the handler threw. */
  async serve(): Promise<void> {
    const cutter = new MessageCutter();
    try {
      for await (const chunk of this.socket.iterator({ destroyOnReturn: false }))
        for (const message of cutter.push(chunk as Buffer)) await this.#answer(parseMessage(message));
    } catch (error) {
      if (error instanceof WireError) await this.#refuse(error);
      else if (!this.socket.destroyed) throw error;
    } finally {
      this.close();
    }
  }

  async #answer(request: WireRequest): Promise<void> {
    const answer = this.handler(request, this);
    if (answer instanceof Promise) {
      const reply = await answer;
      if (!request.noReply) await this.#send(this.#encoded(reply, request));
      return;
    }
    await this.#exhaust(answer, request.requestId);
  }

  /** Each reply answers the one before it, and says that more is to come: an exhaust ends with its connection. */
  async #exhaust(replies: AsyncIterable<Buffer>, requestId: number): Promise<void> {
    let responseTo = requestId;
    for await (const reply of replies) {
      if (this.closed.aborted) return;
      const ids = { requestId: this.#nextId(), responseTo };
      responseTo = ids.requestId;
      await this.#send(encodeMsg(reply, ids, true));
    }
  }

  #encoded(reply: Buffer, request: WireRequest): Buffer {
    const ids = { requestId: this.#nextId(), responseTo: request.requestId };
    return request.legacy ? encodeReply(reply, ids) : encodeMsg(reply, ids, false);
  }

  async #refuse(error: WireError): Promise<void> {
    if (error.code === undefined) return;
    const reply = serialize({ ok: 0, errmsg: error.message, code: error.code });
    const ids = { requestId: this.#nextId(), responseTo: error.requestId };
    await this.#send(encodeMsg(Buffer.from(reply), ids, false));
  }

  #nextId(): number {
    this.#lastRequestId = (this.#lastRequestId + 1) & 0x7fffffff;
    return this.#lastRequestId;
  }

  async #send(message: Buffer): Promise<void> {
    if (this.socket.destroyed) return;
    if (this.socket.write(message)) return;
    await once(this.socket, 'drain', { signal: this.closed }).catch((error: unknown) => {
      if (!this.closed.aborted) throw error;
    });
  }
}
