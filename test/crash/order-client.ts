import type { SentCommand } from './commands-sent.js';

const COUNTRIES = ['GB', 'DE', 'FR', 'NL'] as const;
const REQUEST_LIMIT_MS = 10_000;

/**
 * A client that places orders and goes on with them, one request after the other, and remembers every command it
 * sent and every answer it got. Ends at the first request that is not answered.
 */
export class OrderClient {
  readonly sent: SentCommand[] = [];
  #orders = 0;

  constructor(
    private readonly name: string,
    private readonly random: () => number,
  ) {}

  /** Sends until the server goes away. */
  async run(url: string): Promise<void> {
    while (await this.#journey(url));
  }

  /** Sends again, under the same ids, what was never answered. */
  async retry(url: string): Promise<void> {
    for (const command of this.sent)
      if (!command.answer && !command.refusedWith && !(await this.#send(url, command)))
        throw new Error(
          `${command.method} ${command.path} (${command.id}) was not answered when sent again.`,
        );
  }

  /** One order, from placing or drafting to a random depth. @returns false when an answer did not come. */
  async #journey(url: string): Promise<boolean> {
    const orderId = `${this.name}-${++this.#orders}`;
    const draft = this.random() < 0.3;
    const customerId = `c-${Math.floor(this.random() * 20)}`;
    const opening = {
      orderId,
      customerId,
      currency: 'GBP',
      country: this.#pick(COUNTRIES),
      lines: this.#lines(),
    };
    if (!(await this.#order(url, orderId, 'POST', '/orders', { ...opening, place: !draft }))) return false;
    for (const [path, body] of this.#followUps(orderId, draft, customerId))
      if (!(await this.#order(url, orderId, 'POST', path, body))) return false;
    return true;
  }

  #followUps(orderId: string, draft: boolean, customerId: string): [string, object][] {
    const steps: [string, object][] = [];
    if (draft)
      steps.push([`/orders/${orderId}/lines`, this.#lines()[0] as object], [`/orders/${orderId}/place`, {}]);
    const fate = this.random();
    if (fate < 0.3) steps.push([`/orders/${orderId}/cancel`, { reason: 'changed my mind' }]);
    else if (fate < 0.6) steps.push([`/orders/${orderId}/confirm`, {}]);
    else if (fate < 0.7)
      steps.push([
        '/credit-notes',
        {
          creditNoteId: `${orderId}-C`,
          orderId,
          customerId,
          country: 'GB',
          currency: 'GBP',
          lines: this.#lines(),
        },
      ]);
    return steps;
  }

  #order(
    url: string,
    orderId: string,
    method: SentCommand['method'],
    path: string,
    body: object,
  ): Promise<boolean> {
    const stream = path === '/credit-notes' ? `creditNote-${orderId}-C` : `order-${orderId}`;
    const command: SentCommand = { id: `${this.name}:${this.sent.length}`, method, path, body, stream };
    this.sent.push(command);
    return this.#send(url, command);
  }

  async #send(url: string, command: SentCommand): Promise<boolean> {
    const { id, method, path, body } = command;
    let response: Response;
    let answer: { revision: number; position: string; code?: string };
    try {
      response = await fetch(`${url}${path}`, {
        method,
        headers: { 'content-type': 'application/json', 'idempotency-key': id },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
      });
      answer = (await response.json()) as typeof answer;
    } catch {
      return false;
    }
    if (response.ok) command.answer = { revision: answer.revision, position: answer.position };
    else if (response.status < 500) command.refusedWith = answer.code ?? String(response.status);
    else return false;
    return true;
  }

  #lines(): object[] {
    const count = 1 + Math.floor(this.random() * 3);
    return Array.from({ length: count }, () => ({
      productCode: `P${Math.floor(this.random() * 30)}`,
      quantity: 1 + Math.floor(this.random() * 9),
      unitPrice: `${Math.floor(this.random() * 50)}.${String(Math.floor(this.random() * 1_000)).padStart(3, '0')}`,
    }));
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)] as T;
  }
}
