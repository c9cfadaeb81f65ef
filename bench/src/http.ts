import { temporaryFolder } from '../../test/harness/index.js';
import type { Bench } from './bench.js';
import { underLoad } from './load.js';
import { interleaved } from './measure.js';
import { ORDER, placeOne, startStandaloneWithEmptyRoute } from './standalone.js';

const CONNECTIONS = 64;

/** What reads cost beside an empty handler of the same process. */
export const http: Bench = async ({ quick, log }) => {
  const [rounds, seconds] = quick ? [1, 2] : [5, 10];
  const folder = temporaryFolder('bench-http');
  const { child, url } = await startStandaloneWithEmptyRoute(folder.path);
  try {
    const { orderId } = await placeOne(url);
    const rate = async (path: string, method: 'GET' | 'POST' = 'GET') => {
      const body = method === 'POST' ? { body: ORDER } : {};
      const load = await underLoad({
        url: `${url}${path}`,
        method,
        connections: CONNECTIONS,
        seconds,
        ...body,
      });
      log(`${method} ${path}: ${load.requestsPerSecond.toFixed(0)}/s, p99 ${load.p99Ms} ms`);
      return load.requestsPerSecond;
    };
    const empty = () => rate('/bench/empty', 'POST');
    await empty();
    const details = await interleaved(rounds, () => rate(`/orders/${orderId}`), empty);
    const list = await interleaved(rounds, () => rate('/orders?status=placed&limit=20'), empty);
    const report = await interleaved(rounds, () => rate('/reports/sales-by-country'), empty);
    const validated = await interleaved(rounds, () => rate('/bench/validated', 'POST'), empty);
    return {
      bench: 'http',
      workload: `${CONNECTIONS} connections, ${rounds} × ${seconds} s each, median; one order in the read models`,
      figures: [
        { name: 'empty handler', value: validated.denominator, unit: 'requests/s' },
        { name: 'the order validated, nothing done', value: validated.numerator, unit: 'requests/s' },
        { name: 'validated ÷ empty', value: validated.ratio, unit: '' },
        { name: 'GET /orders/{id}', value: details.numerator, unit: 'requests/s' },
        { name: 'GET /orders/{id} ÷ empty', value: details.ratio, unit: '' },
        { name: 'GET /orders?status=placed', value: list.numerator, unit: 'requests/s' },
        { name: 'GET /orders?status=placed ÷ empty', value: list.ratio, unit: '' },
        { name: 'GET /reports/sales-by-country', value: report.numerator, unit: 'requests/s' },
        { name: 'GET /reports/sales-by-country ÷ empty', value: report.ratio, unit: '' },
      ],
    };
  } finally {
    await child.stop();
    folder.remove();
  }
};
