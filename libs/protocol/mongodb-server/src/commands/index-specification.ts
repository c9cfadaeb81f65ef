import { Path } from '../bson/path.js';
import { BsonType, type BsonValue, entriesOf, fieldsOf } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import { conjunctsOf, type Filter } from '../query/filter.js';
import type { IndexField, IndexInfo } from '../storage/catalog.js';
import { type PartialFilter, partialFilter } from '../storage/index-coverage.js';

const MAX_FIELDS = 32;
const MAX_TTL_SECONDS = 2_147_483_647;

/** What becomes of each option of `createIndexes`. */
export const INDEX_OPTIONS: Readonly<Record<string, 'supported' | 'ignored' | 'refused'>> = {
  key: 'supported',
  name: 'supported',
  unique: 'supported',
  sparse: 'supported',
  partialFilterExpression: 'supported',
  expireAfterSeconds: 'supported',
  hidden: 'supported',
  v: 'ignored',
  background: 'ignored',
  ns: 'ignored',
  storageEngine: 'ignored',
  collation: 'refused',
  weights: 'refused',
  default_language: 'refused',
  language_override: 'refused',
  textIndexVersion: 'refused',
  '2dsphereIndexVersion': 'refused',
  bits: 'refused',
  min: 'refused',
  max: 'refused',
  wildcardProjection: 'refused',
  prepareUnique: 'refused',
  clustered: 'refused',
};

export type IndexSpecification = Omit<IndexInfo, 'ident' | 'building'>;

/** @throws MongoError 67, 197 and others for what cannot be an index, 238 for kinds that are lacking. */
export function parseSpecification(specification: BsonValue): IndexSpecification {
  if (specification.type !== BsonType.object)
    throw new MongoError(14, 'The elements of the indexes array must be objects');
  const options = fieldsOf(specification);
  for (const [name, value] of options) checkOption(name, value);
  const key = options.get('key');
  if (key?.type !== BsonType.object)
    throw new MongoError(9, "The 'key' field is a required property of an index specification");
  const fields = entriesOf(key).map(([name, direction]) => parseField(name, direction));
  if (fields.length === 0) throw new MongoError(67, 'Index keys cannot be an empty object');
  if (fields.length > MAX_FIELDS)
    throw new MongoError(13103, `too many compound keys: at most ${MAX_FIELDS}`);
  const name = options.get('name');
  if (name?.type !== BsonType.string || name.string() === '')
    throw new MongoError(9, "The 'name' field is a required property of an index specification");
  const isOn = (option: string) => options.get(option)?.truthy() ?? false;
  const parsed: IndexSpecification = { name: name.string(), fields, unique: isOn('unique') };
  if (isOnId(parsed)) checkIdOptions(options);
  const partial = partialOf(options.get('partialFilterExpression'));
  if (partial && isOn('sparse'))
    throw new MongoError(67, 'cannot mix "partialFilterExpression" and "sparse" options');
  return {
    ...parsed,
    ...(isOn('sparse') ? { sparse: true } : {}),
    ...(isOn('hidden') ? { hidden: true } : {}),
    ...(partial ? { partial } : {}),
    ...lifeOf(options.get('expireAfterSeconds'), fields),
  };
}

function checkOption(name: string, value: BsonValue): void {
  const treatment = Object.hasOwn(INDEX_OPTIONS, name) ? INDEX_OPTIONS[name] : undefined;
  if (treatment === undefined)
    throw new MongoError(197, `The field '${name}' is not valid for an index specification.`);
  const isOff = value.type === BsonType.boolean && !value.boolean();
  const isSimple =
    name === 'collation' &&
    value.type === BsonType.object &&
    fieldsOf(value).get('locale')?.string() === 'simple';
  if (treatment === 'refused' && !isOff && !isSimple) throw notSupported(`an index with ${name}`);
}

function checkIdOptions(options: ReadonlyMap<string, BsonValue>): void {
  for (const name of ['sparse', 'partialFilterExpression', 'expireAfterSeconds']) {
    if (options.has(name))
      throw new MongoError(197, `The field '${name}' is not valid for an _id index specification.`);
  }
  if (options.get('hidden')?.truthy()) throw new MongoError(2, "can't hide _id index");
}

function partialOf(expression: BsonValue | undefined): PartialFilter | undefined {
  if (!expression) return undefined;
  if (expression.type !== BsonType.object)
    throw new MongoError(14, "The field 'partialFilterExpression' must be an object");
  const partial = partialFilter(Buffer.copyBytesFrom(expression.raw()));
  checkPartial(partial.filter);
  return partial;
}

const PARTIAL_TESTS = new Set(['eq', 'gt', 'gte', 'lt', 'lte', 'exists', 'type', 'in']);

/** MongoDB manual, Partial Indexes: equality, $exists: true, $gt(e), $lt(e), $type, $in, $and, $or. */
function checkPartial(filter: Filter): void {
  for (const part of conjunctsOf(filter)) {
    if (part.kind === 'or') part.parts.forEach(checkPartial);
    else if (part.kind !== 'path' || !PARTIAL_TESTS.has(part.test.op))
      throw new MongoError(67, 'Expression not supported in partial index');
  }
}

/** MongoDB manual, TTL Indexes: one field, a number of seconds. */
export function lifeOf(
  seconds: BsonValue | undefined,
  fields: readonly IndexField[],
): { expireAfterSeconds?: number } {
  if (!seconds) return {};
  if (!seconds.isNumber) throw new MongoError(67, "TTL index 'expireAfterSeconds' option must be numeric");
  const number = Number(seconds.number());
  if (!(number >= 0 && number <= MAX_TTL_SECONDS))
    throw new MongoError(67, `TTL index 'expireAfterSeconds' must be within 0 to ${MAX_TTL_SECONDS}`);
  if (fields.length > 1)
    throw new MongoError(67, 'TTL indexes are single-field indexes, compound indexes do not support TTL');
  return { expireAfterSeconds: Math.trunc(number) };
}

function parseField(name: string, direction: BsonValue): IndexField {
  if (direction.type === BsonType.string) throw notSupportedKind(direction.string());
  if (name === '' || name.split('.').includes(''))
    throw new MongoError(67, 'Index keys cannot contain an empty field name');
  if (name.includes('$**')) throw notSupported('a wildcard index');
  if (name.split('.').some((part) => part.startsWith('$')))
    throw new MongoError(67, `Index key contains an illegal field name: field name starts with '$'`);
  const sign = direction.isNumber ? Number(direction.number()) : Number.NaN;
  if (!(sign !== 0)) throw new MongoError(67, 'Values in the index key pattern cannot be 0');
  if (Number.isNaN(sign))
    throw new MongoError(67, `Values in v:2 index key pattern must be numbers or strings`);
  return { path: new Path(name), descending: sign < 0 };
}

/** Kinds of indexes of MongoDB that this server lacks. */
export const ABSENT_INDEX_KINDS = ['text', '2d', '2dsphere', 'hashed', 'columnstore'] as const;

function notSupportedKind(kind: string): MongoError {
  if ((ABSENT_INDEX_KINDS as readonly string[]).includes(kind))
    return notSupported(`an index of type '${kind}'`);
  return new MongoError(67, `Unknown index plugin '${kind}'`);
}

export function patternOf(fields: readonly IndexField[]): string {
  return fields.map(({ path, descending }) => `${path.text}:${descending ? -1 : 1}`).join();
}

export function isOnId({ fields }: Pick<IndexInfo, 'fields'>): boolean {
  return patternOf(fields) === '_id:1';
}

/** What makes an index another one; two may have the same keys when this differs (MongoDB manual: createIndexes). */
export function identityOf({ fields, unique, sparse, partial }: IndexSpecification): string {
  return [patternOf(fields), unique, sparse ?? false, partial?.bytes.toString('base64') ?? ''].join('|');
}
