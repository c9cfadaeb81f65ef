import { anyElement, Path } from '../bson/path.js';
import { closed, Tree } from '../bson/tree.js';
import { BsonType, type BsonValue, documentValue, findField } from '../bson/value.js';
import { MongoError } from '../errors.js';
import { conjunctsOf, type Filter } from '../query/filter.js';
import { compileFilter, compileValueFilter } from '../query/match.js';
import type { UpdateEnvironment } from './update.js';

export type ArrayFilters = ReadonlyMap<string, (value: BsonValue) => boolean>;

/** The paths that a path with `$`, `$[]` or `$[name]` stands for in this document. */
export function concretePaths(
  document: Tree,
  segments: readonly string[],
  filters: ArrayFilters,
  original: Buffer,
  environment: UpdateEnvironment,
): readonly (readonly string[])[] {
  const at = segments.findIndex(
    (segment) => segment.startsWith('$') && (segment === '$' || segment.startsWith('$[')),
  );
  if (at < 0) return [segments];
  const [before, segment, rest] = [segments.slice(0, at), segments[at]!, segments.slice(at + 1)];
  if (segment === '$') {
    const index = matchedIndex(environment.filter, before.join('.'), original);
    if (index === undefined) {
      throw new MongoError(2, `The positional operator did not find the match needed from the query.`);
    }
    return concretePaths(document, [...before, String(index), ...rest], filters, original, environment);
  }
  const array = openPath(document, before);
  if (!array?.isArray) {
    throw new MongoError(
      2,
      `The path '${before.join('.')}' must exist in the document in order to apply array updates.`,
    );
  }
  const accepts = segment === '$[]' ? () => true : filters.get(segment.slice(2, -1))!;
  const paths: (readonly string[])[] = [];
  array.values.forEach((value, index) => {
    if (accepts(closed(value))) {
      paths.push(
        ...concretePaths(document, [...before, String(index), ...rest], filters, original, environment),
      );
    }
  });
  return paths;
}

function openPath(document: Tree, segments: readonly string[]): Tree | undefined {
  let tree: Tree | undefined = document;
  for (const segment of segments) tree = tree?.openAt(segment);
  return tree;
}

/** Index of the array element by which the filter matched; undefined when no condition is on the array. */
export function matchedIndex(filter: Filter, arrayPath: string, document: Buffer): number | undefined {
  const array = valueAt(arrayPath, document);
  if (array?.type !== BsonType.array) return undefined;
  let matched: number | undefined;
  for (const part of pathConditions(filter)) {
    const { text } = part.path;
    if (text !== arrayPath && !text.startsWith(`${arrayPath}.`)) continue;
    const index = indexOfMatch(part, text.slice(arrayPath.length + 1), array);
    if (index !== undefined) matched = index;
  }
  return matched;
}

type PathCondition = Extract<Filter, { kind: 'path' }>;

function pathConditions(filter: Filter): PathCondition[] {
  return conjunctsOf(filter).flatMap((part) => {
    if (part.kind === 'path') return [part];
    return part.kind === 'or' ? part.parts.flatMap(pathConditions) : [];
  });
}

function indexOfMatch(condition: PathCondition, restOfPath: string, array: BsonValue): number | undefined {
  const { test } = condition;
  let matches: (element: BsonValue) => boolean;
  if (restOfPath !== '') {
    const inner = compileFilter({ kind: 'path', path: new Path(restOfPath), test });
    matches = (element) => element.type === BsonType.object && inner(element.bytes, element.start);
  } else if (test.op === 'elemMatch') {
    const inner = compileFilter(test.filter);
    matches = (element) => element.type === BsonType.object && inner(element.bytes, element.start);
  } else if (test.op === 'elemMatchValue') {
    const inner = test.tests.map((part) => compileValueFilter(part));
    matches = (element) => inner.every((passes) => passes(element));
  } else matches = compileValueFilter(condition);
  let index = 0;
  const found = anyElement(array, (element) => {
    if (matches(element)) return true;
    index++;
    return false;
  });
  return found ? index : undefined;
}

function valueAt(path: string, document: Buffer): BsonValue | undefined {
  let value: BsonValue | undefined = documentValue(document);
  for (const name of new Path(path).names) {
    if (value?.type !== BsonType.object && value?.type !== BsonType.array) return undefined;
    value = findField(value.bytes, value.start, name);
  }
  return value;
}
