import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api, type StartedApp, startApp, temporaryFolder, untilReady } from '../harness/index.js';

const WRITERS = 64;
const order = (orderId: string, quantity = 1) => ({
  orderId,
  customerId: 'c-1',
  country: 'GB',
  currency: 'GBP',
  lines: [{ productCode: 'P1', quantity, unitPrice: '1.00' }],
});
const line = (writer: number) => ({
  lineId: `w${writer}`,
  productCode: 'P1',
  quantity: 1,
  unitPrice: '1.00',
});
const everyWriter = <T>(write: (writer: number) => Promise<T>) =>
  Promise.all(Array.from({ length: WRITERS }, (_none, writer) => write(writer)));

describe(`${WRITERS} writers at once`, () => {
  const folder = temporaryFolder('contention');
  let app: StartedApp;
  let api: Api;

  beforeAll(async () => {
    app = await startApp('standalone', { TIDEMARK_DATA: folder.path });
    await untilReady(app);
    api = new Api(app.url);
  }, 60_000);

  afterAll(async () => {
    await app.child.stop();
    folder.remove();
  });

  it('add lines to one draft: every line that was answered is there once, others were told of the conflict', async () => {
    const drafted = await api.post('/orders', order('one-draft'));
    const answers = await everyWriter((writer) => api.post('/orders/one-draft/lines', line(writer)));
    const added = answers.flatMap(({ status }, writer) =>
      status === 200 || status === 201 ? [`w${writer}`] : [],
    );
    const refused = answers.filter(({ status }) => status !== 200 && status !== 201);
    expect(refused.filter(({ status, body }) => status !== 409 || body.code !== 'CONCURRENT_CHANGE')).toEqual(
      [],
    );
    expect(added.length).toBeGreaterThan(0);
    const last = answers
      .map(({ body }) => body)
      .reduce((latest, body) => (body.revision > (latest.revision ?? -1) ? body : latest), drafted.body);
    const { body } = await api.getAfter(last, '/orders/one-draft');
    const lines = body.lines.map(({ lineId }: { lineId: string }) => lineId);
    expect(lines.slice(1).sort()).toEqual(added.sort());
    expect(body.revision).toBe(added.length);
  });

  it('place one order id with different contents: one wins, the others are told', async () => {
    const answers = await everyWriter((writer) =>
      api.post('/orders', { ...order('one-id', writer + 1), place: true }),
    );
    const [won, ...more] = answers.filter(({ status }) => status === 201);
    expect(more).toEqual([]);
    const lost = answers.filter((answer) => answer !== won);
    expect(new Set(lost.map(({ status, body }) => `${status} ${body.code}`))).toEqual(
      new Set(['409 ORDER_ALREADY_EXISTS']),
    );
    const { body } = await api.getAfter(won?.body, '/orders/one-id');
    expect(body.lines[0].quantity).toBe(answers.indexOf(won as (typeof answers)[number]) + 1);
  });

  it('send one command under one key: it is recorded once, and all get the same answer', async () => {
    const answers = await everyWriter(() =>
      api.post('/orders', { ...order('one-key'), place: true }, { 'idempotency-key': 'the-key' }),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    const { body } = await api.getAfter(answers[0]?.body, '/orders/one-key');
    expect(body.revision).toBe(0);
  });

  it('write to orders of their own: none is in the way of another', async () => {
    const answers = await everyWriter((writer) =>
      api.post('/orders', { ...order(`own-${writer}`, writer + 1), place: true }),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: WRITERS }, () => 201));
    const details = await everyWriter((writer) =>
      api.getAfter(answers[writer]?.body, `/orders/own-${writer}`),
    );
    expect(details.map(({ body }) => body.lines[0].quantity)).toEqual(
      Array.from({ length: WRITERS }, (_none, writer) => writer + 1),
    );
  });
});
