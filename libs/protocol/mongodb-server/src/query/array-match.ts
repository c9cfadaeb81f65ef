import { anyElement, Path } from '../bson/path.js';
import { BsonType, type BsonValue, documentValue, findField } from '../bson/value.js';
import { conjunctsOf, type Filter } from './filter.js';
import { compileFilter, compileValueFilter } from './match.js';

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
