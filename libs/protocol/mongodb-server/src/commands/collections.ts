import { randomBytes } from 'node:crypto';
import type { CollectionInfo } from '../storage/catalog.js';
import type { WriteContext } from '../storage/contexts.js';

/** Creates an empty collection. */
export function newCollection(context: WriteContext, namespace: string): CollectionInfo {
  const info: CollectionInfo = {
    namespace,
    ident: context.nextIdent(),
    uuid: randomBytes(16).toString('hex'),
    indexes: [],
  };
  context.setCollection(namespace, info);
  return info;
}
