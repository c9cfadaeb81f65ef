import { jsonEvent } from '@eventstore/db-client';

/** The events of these benches: 118 bytes of JSON and 56 of metadata, about 333 as they are sent. */
export const EVENT_TYPE = 'OrderPlaced';

const DATA = {
  orderId: 'order-000001',
  customerId: 'c-000001',
  currency: 'GBP',
  totalCents: 152_900,
  placedAt: '2024-05-01T10:00Z',
};
const METADATA = { correlationId: '0b9f0c1e-4b9b-4b0e-9d0f-1c2d3e4f5a6b' };

/** The same as the genuine client sends it. */
export const DATA_BYTES = encoded(DATA, 118);
export const METADATA_BYTES = encoded(METADATA, 56);

export function genuineEvent() {
  return jsonEvent({ type: EVENT_TYPE, data: DATA, metadata: METADATA });
}

function encoded(json: object, bytes: number): Buffer {
  const text = Buffer.from(JSON.stringify(json));
  if (text.length !== bytes)
    throw new Error(`An event part has ${text.length} bytes, not the ${bytes} said.`);
  return text;
}
