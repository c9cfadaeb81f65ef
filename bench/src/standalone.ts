import { Child } from '../../test/harness/index.js';

/** A first order as the README places it. */
export const ORDER = {
  customerId: 'c-1',
  country: 'GB',
  currency: 'GBP',
  place: true,
  lines: [{ productCode: '85123A', quantity: 6, unitPrice: '2.55' }],
};

/** The standalone with routes that do nothing, as a process of its own. */
export async function startStandaloneWithEmptyRoute(dataDir: string): Promise<{ child: Child; url: string }> {
  const child = new Child({
    entry: 'dist/bench/src/standalone-with-empty-route.js',
    env: { TIDEMARK_DATA: dataDir, PORT: '0', LOG_FORMAT: 'json', LOG_LEVEL: 'info' },
  });
  const url = await child.until('the standalone listens', () => {
    const found = /"url":"(http:\/\/[^"]+)"/.exec(child.stdout);
    if (!found?.[1]) throw new Error('It has not said where it listens.');
    return found[1];
  });
  return { child, url };
}

export async function placeOne(url: string): Promise<{ orderId: string; position: string }> {
  const placed = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ORDER),
  });
  if (placed.status !== 201)
    throw new Error(`POST /orders answered ${placed.status}: ${await placed.text()}`);
  return (await placed.json()) as { orderId: string; position: string };
}
