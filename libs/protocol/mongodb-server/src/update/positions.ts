import { closed, type Tree } from '../bson/tree.js';
import type { BsonValue } from '../bson/value.js';
import { MongoError } from '../errors.js';
import { matchedIndex } from '../query/array-match.js';
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
