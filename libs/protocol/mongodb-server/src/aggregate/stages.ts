import { type Encodable, encodeDocument, encodeValue } from '../bson/encode.js';
import { wholeOf } from '../bson/integers.js';
import { openDocument } from '../bson/tree.js';
import {
  BsonType,
  type BsonValue,
  documentValue,
  elementsOf,
  entriesOf,
  fieldsOf,
  typeName,
} from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import { compileFilter } from '../query/match.js';
import { parseFilter } from '../query/parse-filter.js';
import { parseSort, Sorter } from '../query/sort.js';
import { RESHAPING } from '../update/pipeline.js';
import { type AccumulatedField, parseAccumulated } from './accumulators.js';
import { keyOf } from './expression/arrays.js';
import { compile, contextOf } from './expression/compile.js';
import { int32Of } from './expression/numbers.js';
import { compareAny, fail, isNullish, orNull, type Scope, type Value } from './expression/scope.js';
import { compileWith, judgeOf } from './expressions.js';
import { graphLookup, lookup, unionWith } from './joins.js';
import { type Stage, type StageDefinition, type Surroundings, stagesIn } from './stage.js';

const match: StageDefinition = (operand, { constants }) => {
  if (operand.type !== BsonType.object) fail(15959, 'the match filter must be an expression in an object');
  const matches = compileFilter(parseFilter(operand), (expression) => judgeOf(expression, constants));
  return (rows) => rows.filter((row) => matches(row, 0));
};

export function sortOf(operand: BsonValue): BsonValue {
  if (operand.type !== BsonType.object) fail(15973, 'the $sort key specification must be an object');
  if (operand.end - operand.start === 5) fail(15976, '$sort stage must have at least one sort key');
  return operand;
}

const sort: StageDefinition = (operand) => {
  const fields = parseSort(sortOf(operand));
  return (rows) => {
    const sorter = new Sorter(fields, Number.MAX_SAFE_INTEGER);
    for (const row of rows) sorter.add(row, row);
    return sorter.finish().map(({ document }) => document);
  };
};

/** The number of `$limit` and `$skip`. @throws MongoError 2107201, 5107201, 15958 */
export function wholeOfStage({ name, operand }: Stage): number {
  const least = name === '$limit' ? 1n : 0n;
  const whole = wholeOf(operand);
  const isWhole = whole !== undefined && compareAny(operand, encodeValue(whole)) === 0;
  if (name === '$limit' && isWhole && whole === 0n) return fail(15958, 'the limit must be positive');
  if (!isWhole || whole < least)
    return fail(
      name === '$limit' ? 5_107_201 : 5_107_200,
      `invalid argument to ${name} stage: expected an integer of at least ${least}`,
    );
  return Number(whole);
}

const limit: StageDefinition = (operand) => {
  const count = wholeOfStage({ name: '$limit', operand });
  return (rows) => rows.slice(0, count);
};
const skip: StageDefinition = (operand) => {
  const count = wholeOfStage({ name: '$skip', operand });
  return (rows) => rows.slice(count);
};

const count: StageDefinition = (operand) => {
  if (operand.type !== BsonType.string) fail(40156, 'the count field must be a non-empty string');
  const name = operand.string();
  if (name === '') fail(40157, 'the count field must be a non-empty string');
  if (name.startsWith('$')) fail(40158, 'the count field cannot be a $-prefixed path');
  if (name.includes('.')) fail(40160, "the count field cannot contain '.'");
  return (rows) => (rows.length === 0 ? [] : [encodeDocument({ [name]: rows.length })]);
};

function groupsOf(rows: readonly Buffer[], id: (row: Buffer) => Value): { id: BsonValue; rows: Buffer[] }[] {
  const groups = new Map<string, { id: BsonValue; rows: Buffer[] }>();
  for (const row of rows) {
    const value = orNull(id(row));
    const key = keyOf(value);
    const known = groups.get(key);
    if (known) known.rows.push(row);
    else groups.set(key, { id: value, rows: [row] });
  }
  return [...groups.values()];
}

function accumulated(id: Encodable, rows: readonly Buffer[], fields: readonly AccumulatedField[]): Buffer {
  const made: Record<string, Encodable> = { _id: id };
  for (const { name, accumulate } of fields) made[name] = accumulate(rows);
  return encodeDocument(made);
}

const group: StageDefinition = (operand, { constants }) => {
  if (operand.type !== BsonType.object) fail(15947, "a group's fields must be specified in an object");
  const entries = entriesOf(operand);
  const id = entries.find(([name]) => name === '_id')?.[1];
  if (!id) return fail(15955, 'a group specification must include an _id');
  const idOf = compileWith(id, constants);
  const fields = entries
    .filter(([name]) => name !== '_id')
    .map(([name, value]) => parseAccumulated(name, value, constants));
  return (rows) => groupsOf(rows, idOf).map(({ id: value, rows: own }) => accumulated(value, own, fields));
};

const sortByCount: StageDefinition = (operand, { constants }) => {
  const isExpression =
    (operand.type === BsonType.string && operand.string().startsWith('$')) ||
    (operand.type === BsonType.object && entriesOf(operand)[0]?.[0].startsWith('$'));
  if (!isExpression)
    fail(
      operand.type === BsonType.object ? 40147 : 40148,
      'the sortByCount field must be a path or an expression',
    );
  const idOf = compileWith(operand, constants);
  return (rows) =>
    groupsOf(rows, idOf)
      .sort((a, b) => b.rows.length - a.rows.length)
      .map(({ id, rows: own }) => encodeDocument({ _id: id, count: own.length }));
};

const unwind: StageDefinition = (operand) => {
  const fields = operand.type === BsonType.object ? fieldsOf(operand) : undefined;
  if (!fields && operand.type !== BsonType.string)
    fail(15981, 'expected either a string or an object as specification for $unwind stage');
  for (const name of fields?.keys() ?? [])
    if (!['path', 'includeArrayIndex', 'preserveNullAndEmptyArrays'].includes(name))
      fail(28811, `unrecognized option to $unwind stage: ${name}`);
  const path = fields ? fields.get('path') : operand;
  if (!path) return fail(28812, 'no path specified to $unwind stage');
  if (path.type !== BsonType.string) return fail(28808, 'expected a string as the path for $unwind stage');
  if (!path.string().startsWith('$'))
    fail(28818, "path option to $unwind stage should be prefixed with a '$'");
  const keep = fields?.get('preserveNullAndEmptyArrays');
  if (keep && keep.type !== BsonType.boolean)
    fail(28809, 'expected a boolean for the preserveNullAndEmptyArrays option');
  const index = fields?.get('includeArrayIndex');
  if (index && (index.type !== BsonType.string || index.string() === ''))
    fail(28810, 'expected a non-empty string for the includeArrayIndex option');
  if (index?.string().startsWith('$'))
    fail(28822, "includeArrayIndex option to $unwind stage should not be prefixed with a '$'");
  const segments = path.string().slice(1).split('.');
  return (rows) => rows.flatMap((row) => unwound(row, segments, keep?.boolean() ?? false, index?.string()));
};

function unwound(row: Buffer, path: readonly string[], keep: boolean, index: string | undefined): Buffer[] {
  let value: Value = documentValue(row);
  for (const name of path) value = value?.type === BsonType.object ? fieldsOf(value).get(name) : undefined;
  const elements = value?.type === BsonType.array ? elementsOf(value) : undefined;
  const made = (element: BsonValue | undefined, place: bigint | null): Buffer => {
    const tree = openDocument(row);
    let holder = tree;
    for (const name of path.slice(0, -1)) holder = holder.openAt(name) ?? holder;
    const last = path.at(-1)!;
    if (element) holder.set(last, element);
    else if (elements && holder.indexOf(last) >= 0) holder.removeAt(holder.indexOf(last));
    if (index !== undefined) tree.set(index, encodeValue(place));
    return tree.close();
  };
  if (elements && elements.length > 0) return elements.map((element, at) => made(element, BigInt(at)));
  if (elements || isNullish(value)) return keep ? [made(undefined, null)] : [];
  return [made(value, null)];
}

const bucket: StageDefinition = (operand, { constants }) => {
  if (operand.type !== BsonType.object) fail(40201, 'Argument to $bucket stage must be an object');
  const fields = fieldsOf(operand);
  for (const name of fields.keys())
    if (!['groupBy', 'boundaries', 'default', 'output'].includes(name))
      fail(40197, `Unrecognized option to $bucket: ${name}`);
  const [by, bounds, otherwise, output] = ['groupBy', 'boundaries', 'default', 'output'].map((name) =>
    fields.get(name),
  );
  if (!by || !bounds) return fail(40198, "$bucket requires 'groupBy' and 'boundaries' to be specified.");
  if (bounds.type !== BsonType.array) return fail(40200, "The $bucket 'boundaries' field must be an array");
  const of = compileWith(by, constants);
  const boundaries = elementsOf(bounds);
  if (boundaries.length < 2) fail(40192, "The $bucket 'boundaries' field must have at least 2 values");
  boundaries.slice(1).forEach((value, at) => {
    if (compareAny(boundaries[at], value) >= 0)
      fail(40194, "The 'boundaries' option to $bucket must be sorted in ascending order");
  });
  const [low, high] = [boundaries[0]!, boundaries.at(-1)!];
  if (otherwise && compareAny(otherwise, low) >= 0 && compareAny(otherwise, high) < 0)
    fail(
      40199,
      "The $bucket 'default' field must be less than the lowest boundary or greater than or equal to the highest boundary",
    );
  const accumulators = output
    ? entriesOf(output).map(([name, value]) => parseAccumulated(name, value, constants))
    : [{ name: 'count', accumulate: (own: readonly Buffer[]) => encodeValue(own.length) }];
  const bucketOf = (row: Buffer): BsonValue => {
    const value = of(row);
    const inside = !isNullish(value) && compareAny(value, low) >= 0 && compareAny(value, high) < 0;
    if (inside) return boundaries.findLast((boundary) => compareAny(boundary, value) <= 0)!;
    return (
      otherwise ??
      fail(40066, '$switch could not find a matching branch for an input, and no default was specified.')
    );
  };
  return (rows) =>
    groupsOf(rows, bucketOf)
      .sort((a, b) => compareAny(a.id, b.id))
      .map(({ id, rows: own }) => accumulated(id, own, accumulators));
};

const bucketAuto: StageDefinition = (operand, { constants }) => {
  if (operand.type !== BsonType.object) fail(40240, 'The argument to $bucketAuto must be an object');
  const fields = fieldsOf(operand);
  for (const name of fields.keys())
    if (!['groupBy', 'buckets', 'output', 'granularity'].includes(name))
      fail(40245, `Unrecognized option to $bucketAuto: ${name}`);
  if (fields.has('granularity')) throw notSupported('$bucketAuto with a granularity');
  const [by, buckets, output] = ['groupBy', 'buckets', 'output'].map((name) => fields.get(name));
  if (!by || !buckets) return fail(40246, "$bucketAuto requires 'groupBy' and 'buckets' to be specified");
  if (!buckets.isNumber) return fail(40241, "The $bucketAuto 'buckets' field must be a numeric value");
  const wanted =
    int32Of(buckets) ??
    fail(40242, "The $bucketAuto 'buckets' field must be representable as a 32-bit integer");
  if (wanted <= 0) fail(40243, "The $bucketAuto 'buckets' field must be greater than 0");
  const of = compileWith(by, constants);
  const accumulators = output
    ? entriesOf(output).map(([name, value]) => parseAccumulated(name, value, constants))
    : [{ name: 'count', accumulate: (own: readonly Buffer[]) => encodeValue(own.length) }];
  return (rows) => {
    const sorted = rows
      .map((row) => ({ row, value: orNull(of(row)) }))
      .sort((a, b) => compareAny(a.value, b.value));
    const size = Math.max(1, Math.round(sorted.length / wanted));
    const made: Buffer[] = [];
    for (let at = 0; at < sorted.length && made.length < wanted; ) {
      let end = made.length === wanted - 1 ? sorted.length : Math.min(sorted.length, at + size);
      // Equal values stay together.
      while (end < sorted.length && compareAny(sorted[end]!.value, sorted[end - 1]!.value) === 0) end++;
      const max = (sorted[end] ?? sorted[end - 1]!).value;
      const own = sorted.slice(at, end).map(({ row }) => row);
      made.push(accumulated({ min: sorted[at]!.value, max }, own, accumulators));
      at = end;
    }
    return made;
  };
};

const facet: StageDefinition = (operand, surroundings) => {
  if (operand.type !== BsonType.object || entriesOf(operand).length === 0)
    fail(40169, 'the $facet specification must be a non-empty object');
  const pipelines = entriesOf(operand).map(([name, pipeline]) => {
    const stages = stagesIn(pipeline, `the pipeline of ${name} in $facet`);
    for (const stage of stages) {
      if (
        [
          '$facet',
          '$out',
          '$merge',
          '$geoNear',
          '$collStats',
          '$indexStats',
          '$documents',
          '$changeStream',
        ].includes(stage.name)
      )
        fail(40600, `${stage.name} is not allowed to be used within a $facet stage`);
    }
    surroundings.check(stages, surroundings.constants);
    return { name, stages };
  });
  return async (rows) => {
    const made: Record<string, Encodable> = {};
    for (const { name, stages } of pipelines) {
      const results = await surroundings.runInside(rows, stages, surroundings.constants);
      made[name] = results.map((row) => documentValue(row));
    }
    return [encodeDocument(made)];
  };
};

const sample: StageDefinition = (operand) => {
  const fields = operand.type === BsonType.object ? fieldsOf(operand) : undefined;
  if (!fields) return fail(28745, 'the $sample stage specification must be an object');
  for (const name of fields.keys())
    if (name !== 'size') fail(28748, `unrecognized option to $sample: ${name}`);
  const size = fields.get('size');
  if (!size) return fail(28749, '$sample stage must specify a size');
  if (!size.isNumber) return fail(28746, 'size argument to $sample must be a number');
  const wanted = int32Of(size) ?? fail(28747, 'size argument to $sample must be a positive integer');
  if (wanted <= 0) fail(28747, 'size argument to $sample must be a positive integer');
  return (rows) => {
    const left = [...rows];
    for (let at = 0; at < Math.min(wanted, left.length); at++) {
      const other = at + Math.floor(Math.random() * (left.length - at));
      [left[at], left[other]] = [left[other]!, left[at]!];
    }
    return left.slice(0, wanted);
  };
};

const KEEP = encodeValue('keep');
const PRUNE = encodeValue('prune');
const DESCEND = encodeValue('descend');

const redact: StageDefinition = (operand, { constants }) => {
  const known = new Map([...constants, ['KEEP', KEEP], ['PRUNE', PRUNE], ['DESCEND', DESCEND]] as [
    string,
    Value,
  ][]);
  const context = { ...contextOf(known), names: new Set(['CURRENT']) };
  const decide = compile(operand, context);
  const level = (value: BsonValue, scope: Scope): BsonValue | undefined => {
    const decision = decide({ ...scope, variables: { name: 'CURRENT', value, outer: undefined } });
    if (decision === KEEP) return value;
    if (decision === PRUNE) return undefined;
    if (decision !== DESCEND) return fail(17053, '$redact must return $$KEEP, $$PRUNE or $$DESCEND');
    const made: Record<string, Encodable> = {};
    for (const [name, field] of entriesOf(value)) made[name] = inside(field, scope);
    return encodeValue(made);
  };
  const inside = (field: BsonValue, scope: Scope): BsonValue | undefined => {
    if (field.type === BsonType.object) return level(field, scope);
    if (field.type !== BsonType.array) return field;
    const kept = elementsOf(field).map((element) => inside(element, scope));
    return encodeValue(kept.filter((element): element is BsonValue => element !== undefined));
  };
  return (rows) =>
    rows.flatMap((row) => {
      const root = documentValue(row);
      const kept = level(root, { root, variables: undefined });
      return kept ? [Buffer.copyBytesFrom(kept.raw())] : [];
    });
};

/** The stages that are there, besides those that may only be first or last. */
export const STAGES: Readonly<Record<string, StageDefinition>> = {
  $match: match,
  $sort: sort,
  $limit: limit,
  $skip: skip,
  $count: count,
  $group: group,
  $sortByCount: sortByCount,
  $unwind: unwind,
  $bucket: bucket,
  $bucketAuto: bucketAuto,
  $facet: facet,
  $sample: sample,
  $redact: redact,
  $lookup: lookup,
  $unionWith: unionWith,
  $graphLookup: graphLookup,
  ...Object.fromEntries(
    Object.entries(RESHAPING).map(([name, parse]): [string, StageDefinition] => [
      name,
      (operand, { constants }) => {
        const reshape = parse(operand, constants, name);
        return (rows) => rows.map(reshape);
      },
    ]),
  ),
};

/** Stages of MongoDB that are not. */
export const ABSENT_STAGES = [
  '$collStats',
  '$currentOp',
  '$changeStreamSplitLargeEvent',
  '$densify',
  '$fill',
  '$geoNear',
  '$indexStats',
  '$listClusterCatalog',
  '$listLocalSessions',
  '$listSampledQueries',
  '$listSearchIndexes',
  '$listSessions',
  '$merge',
  '$out',
  '$planCacheStats',
  '$querySettings',
  '$queryStats',
  '$rankFusion',
  '$search',
  '$searchMeta',
  '$setWindowFields',
  '$shardedDataDistribution',
  '$vectorSearch',
] as const;

/** @throws MongoError 40324 unknown, 238 absent, 40602 for a stage that may only be first. */
export function parseStages(stages: readonly Stage[], surroundings: Surroundings) {
  return stages.map(({ name, operand }) => {
    const definition = Object.hasOwn(STAGES, name) ? STAGES[name] : undefined;
    if (definition) return definition(operand, surroundings, name);
    if (name === '$documents' || name === '$changeStream')
      throw new MongoError(40602, `${name} is only valid as the first stage in a pipeline`);
    if ((ABSENT_STAGES as readonly string[]).includes(name)) throw notSupported(`the pipeline stage ${name}`);
    throw new MongoError(40324, `Unrecognized pipeline stage name: '${name}'`);
  });
}

/** The documents of a `$documents` stage. @throws MongoError 5858202, 40228 */
export function documentsOf(operand: BsonValue, { constants }: Surroundings): Buffer[] {
  const list = compileWith(operand, constants)(encodeDocument({}));
  if (list?.type !== BsonType.array) return fail(5_858_203, "an array is expected for '$documents'");
  return elementsOf(list).map((element) => {
    if (element.type !== BsonType.object)
      return fail(
        40228,
        `'newRoot' expression must evaluate to an object, but resulting value was: ${typeName(element.type)}`,
      );
    return Buffer.copyBytesFrom(element.raw());
  });
}
