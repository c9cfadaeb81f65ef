import { plainValue } from '../aggregate/expressions.js';
import type { Tree } from '../bson/tree.js';
import { BsonType, type BsonValue, elementsOf, entriesOf } from '../bson/value.js';
import { MongoError } from '../errors.js';
import type { Filter } from '../query/filter.js';
import { compileFilter } from '../query/match.js';
import { parseFilter } from '../query/parse-filter.js';
import type { Operator } from './operator.js';
import { OPERATORS } from './operators.js';
import { parsePipelineUpdate } from './pipeline.js';
import { type ArrayFilters, concretePaths } from './positions.js';
import type { Update, UpdateEnvironment } from './update.js';

interface Change {
  readonly operator: Operator;
  readonly segments: readonly string[];
  readonly operand: BsonValue;
}

/** @throws MongoError 9, 2, 40, 52, 56 for what is no update. */
export function parseUpdate(
  update: BsonValue,
  arrayFilters: BsonValue | undefined,
  constants?: BsonValue,
): Update {
  if (update.type === BsonType.array) {
    if (arrayFilters) throw new MongoError(9, 'arrayFilters may not be specified for pipeline-style updates');
    return {
      isPipeline: true,
      change: parsePipelineUpdate(
        elementsOf(update),
        constants ? (plainValue(constants) as Record<string, unknown>) : {},
      ),
    };
  }
  if (constants) throw new MongoError(51198, 'Constant values may only be specified for pipeline updates');
  const entries = entriesOf(update);
  if (!entries[0]?.[0].startsWith('$')) return { replacement: checkedReplacement(update, entries) };
  const filters = parseArrayFilters(arrayFilters);
  const changes = parseChanges(entries);
  checkConflicts(changes);
  checkFiltersUsed(filters, changes);
  changes.sort((a, b) => comparePaths(a.segments, b.segments));
  return {
    change: (document, original, environment) =>
      applyChanges(changes, filters, document, original, environment),
  };
}

function checkedReplacement(update: BsonValue, entries: readonly [string, BsonValue][]): BsonValue {
  for (const [name] of entries) {
    if (name.startsWith('$'))
      throw new MongoError(
        52,
        `The dollar ($) prefixed field '${name}' in '${name}' is not allowed in the context of an update's replacement document.`,
      );
  }
  return update;
}

function parseChanges(entries: readonly [string, BsonValue][]): Change[] {
  const changes: Change[] = [];
  for (const [name, fields] of entries) {
    const operator = OPERATORS[name];
    if (!operator) {
      throw new MongoError(
        9,
        `Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update specified as an array`,
      );
    }
    if (fields.type !== BsonType.object) {
      throw new MongoError(
        9,
        `Modifiers operate on fields but we found type ${fields.type} instead. For example: {$mod: {<field>: ...}} not {${name}: …}`,
      );
    }
    for (const [path, operand] of entriesOf(fields)) {
      operator.check?.(operand, path);
      changes.push({ operator, segments: checkedPath(path), operand });
      if (name === '$rename')
        changes.push({ operator: NOTHING, segments: checkedPath(operand.string()), operand });
    }
  }
  return changes;
}

/** Stands for the target of a rename, so that conflicts with it are seen. */
const NOTHING: Operator = { apply: () => undefined };

function checkedPath(path: string): string[] {
  if (path === '') throw new MongoError(56, 'An empty update path is not valid.');
  const segments = path.split('.');
  for (const segment of segments) {
    if (segment === '')
      throw new MongoError(
        56,
        `The update path '${path}' contains an empty field name, which is not allowed.`,
      );
    const isPosition = segment === '$' || /^\$\[.*\]$/.test(segment);
    if (segment.startsWith('$') && !isPosition && !['$ref', '$id', '$db'].includes(segment)) {
      throw new MongoError(
        52,
        `The dollar ($) prefixed field '${segment}' in '${path}' is not allowed in the context of an update.`,
      );
    }
  }
  if (segments[0]!.startsWith('$'))
    throw new MongoError(
      2,
      `Cannot have positional (i.e. '$') element in the first position in path '${path}'`,
    );
  return segments;
}

function checkConflicts(changes: readonly Change[]): void {
  const paths = new Set<string>();
  for (const { segments } of changes) {
    const path = segments.join('.');
    if (paths.has(path)) throw conflict(path);
    paths.add(path);
  }
  for (const { segments } of changes) {
    for (let length = 1; length < segments.length; length++) {
      if (paths.has(segments.slice(0, length).join('.'))) throw conflict(segments.join('.'));
    }
  }
}

function conflict(path: string): MongoError {
  return new MongoError(40, `Updating the path '${path}' would create a conflict at '${path}'`);
}

/** New fields of one update are added in path order, numbers as numbers (MongoDB manual: Update Operators Behavior). */
function comparePaths(left: readonly string[], right: readonly string[]): number {
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [a, b] = [left[i]!, right[i]!];
    if (a === b) continue;
    const areNumbers = /^\d+$/.test(a) && /^\d+$/.test(b);
    return areNumbers ? Number(a) - Number(b) : a < b ? -1 : 1;
  }
  return left.length - right.length;
}

function parseArrayFilters(arrayFilters: BsonValue | undefined): ArrayFilters {
  const filters = new Map<string, (value: BsonValue) => boolean>();
  if (!arrayFilters) return filters;
  if (arrayFilters.type !== BsonType.array) throw new MongoError(14, 'arrayFilters must be an array');
  for (const element of elementsOf(arrayFilters)) {
    const filter = parseFilter(element);
    const names = new Set(identifiersOf(filter));
    const [name] = names;
    if (names.size !== 1 || name === undefined) {
      throw new MongoError(
        9,
        'Error parsing array filter :: caused by :: Expected a single top-level field name',
      );
    }
    if (!/^[a-z][a-zA-Z0-9]*$/.test(name))
      throw new MongoError(
        2,
        `Error parsing array filter: The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${name}'`,
      );
    if (filters.has(name))
      throw new MongoError(9, `Found multiple array filters with the same top-level field name ${name}`);
    const matches = compileFilter(filter);
    filters.set(name, (value) => {
      const wrapped = wrap(name, value);
      return matches(wrapped, 0);
    });
  }
  return filters;
}

/** The element as a document `{ name: element }`, as array filters see it. */
function wrap(name: string, value: BsonValue): Buffer {
  const bytes = Buffer.concat([
    Buffer.alloc(4),
    Buffer.from([value.type]),
    Buffer.from(`${name}\0`),
    value.raw(),
    Buffer.from([0]),
  ]);
  bytes.writeInt32LE(bytes.length, 0);
  return bytes;
}

function identifiersOf(filter: Filter): string[] {
  switch (filter.kind) {
    case 'path':
      return [filter.path.segments[0]!];
    case 'not':
      return identifiersOf(filter.part);
    case 'and':
    case 'or':
    case 'nor':
      return filter.parts.flatMap(identifiersOf);
    default:
      return [];
  }
}

function checkFiltersUsed(filters: ArrayFilters, changes: readonly Change[]): void {
  const used = new Set(
    changes
      .flatMap(({ segments }) => segments)
      .filter((segment) => /^\$\[.+\]$/.test(segment))
      .map((segment) => segment.slice(2, -1)),
  );
  for (const name of used) {
    if (!filters.has(name)) throw new MongoError(2, `No array filter found for identifier '${name}'`);
  }
  for (const name of filters.keys()) {
    if (!used.has(name))
      throw new MongoError(9, `The array filter for identifier '${name}' was not used in the update`);
  }
}

function applyChanges(
  changes: readonly Change[],
  filters: ArrayFilters,
  document: Tree,
  original: Buffer,
  environment: UpdateEnvironment,
): void {
  for (const { operator, segments, operand } of changes) {
    for (const path of concretePaths(document, segments, filters, original, environment)) {
      operator.apply(document, path, operand, environment);
    }
  }
}
