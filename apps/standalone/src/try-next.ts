const ORDER = JSON.stringify({
  customerId: 'c-1',
  country: 'GB',
  currency: 'GBP',
  place: true,
  lines: [{ productCode: '85123A', quantity: 6, unitPrice: '2.55' }],
});

/** What a person who has just started it wants to know. `url` without a slash at the end; `dataFolder` absolute. */
export function tryNext(url: string, dataFolder: string): string {
  return `
  Tidemark runs at ${url}   (every route: ${url}/docs)
  Its data is in ${dataFolder}. Ctrl-C stops it; nothing is lost.

  Try next:

    # place an order
    curl -i ${url}/orders -H 'Content-Type: application/json' -d '${ORDER}'

    # read it, at least as new as you wrote it
    curl ${url}/orders/<orderId> -H 'Tidemark-Consistency: <position>' -H 'Prefer: wait=2'

    # what was sold; what happened
    curl ${url}/reports/sales-by-country
    npx tidemark streams tail --category order
`;
}
