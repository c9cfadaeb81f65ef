import { type BSON, calculateObjectSize } from 'bson';
import { MongoClientBulkWriteError, MongoError } from 'mongodb';
import { DocumentFault, type ProjectionWrites } from '../projection-store.js';

/** The largest document that MongoDB stores. */
const LARGEST_BYTES = 16 * 2 ** 20;

/** client.bulkWrite wraps a server's error; the labels are on the wrapped one. */
export function hasLabel(error: unknown, label: string): boolean {
  for (let each = error; each instanceof Error; each = each.cause)
    if (each instanceof MongoError && each.hasErrorLabel(label)) return true;
  return false;
}

/** The document that is to blame for a failed commit, if one is: the store's own troubles have none. */
export function documentFault(
  error: unknown,
  writes: readonly ProjectionWrites[],
): DocumentFault | undefined {
  return blamedByServer(error, writes) ?? notEncodable(error, writes);
}

/** The server counts the operations of a bulk write: a checkpoint each, then the documents of all in order. */
function blamedByServer(error: unknown, writes: readonly ProjectionWrites[]): DocumentFault | undefined {
  if (!(error instanceof MongoClientBulkWriteError)) return undefined;
  const [first] = error.writeErrors;
  if (!first) return undefined;
  const { message } = first[1];
  let index = first[0] - writes.length;
  for (const { registered, documents } of writes) {
    if (index >= 0 && index < documents.size) {
      const key = [...documents.keys()][index];
      return new DocumentFault(registered.id, key, `"${key}" cannot be stored: ${message}`, { cause: error });
    }
    index -= documents.size;
  }
  return undefined;
}

/** The driver refuses what is too large or no BSON without saying which; encoding them one by one tells. */
function notEncodable(error: unknown, writes: readonly ProjectionWrites[]): DocumentFault | undefined {
  for (const { registered, documents } of writes)
    for (const [key, document] of documents) {
      const why = document && whyNotStorable({ _id: key, ...document });
      if (why)
        return new DocumentFault(registered.id, key, `"${key}" cannot be stored: ${why}`, { cause: error });
    }
  return undefined;
}

function whyNotStorable(document: BSON.Document): string | undefined {
  try {
    const sizeBytes = calculateObjectSize(document, { ignoreUndefined: true });
    return sizeBytes > LARGEST_BYTES ? `it has ${sizeBytes} bytes, the most is ${LARGEST_BYTES}` : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
