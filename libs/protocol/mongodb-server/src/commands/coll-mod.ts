import { BsonType, type BsonValue, fieldsOf } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import type { Invocation, Reply } from './invocation.js';

/** What `collMod` may be told that changes nothing here. */
const WITHOUT_EFFECT: Readonly<Record<string, (value: BsonValue) => boolean>> = {
  validator: (value) => value.type === BsonType.object && fieldsOf(value).size === 0,
  validationLevel: (value) => value.type === BsonType.string,
  validationAction: (value) => value.type === BsonType.string,
  changeStreamPreAndPostImages: (value) =>
    value.type === BsonType.object && fieldsOf(value).get('enabled')?.truthy() === false,
};
const COMMAND_ITSELF = new Set(['collMod', 'writeConcern', 'comment', 'lsid', 'maxTimeMS', 'readConcern']);

/** `collMod`: takes what asks for nothing that is not so already, and refuses the rest. */
export function collMod(invocation: Invocation): Promise<Reply> {
  const { namespace } = invocation;
  for (const [name, value] of invocation.fields) {
    if (COMMAND_ITSELF.has(name) || name.startsWith('$') || name.startsWith('api')) continue;
    if (WITHOUT_EFFECT[name]?.(value)) continue;
    throw notSupported(`collMod with ${name}`);
  }
  return invocation.read((context): Reply => {
    if (!context.collection(namespace)) throw new MongoError(26, `ns does not exist: ${namespace}`);
    return { ok: 1 };
  });
}
