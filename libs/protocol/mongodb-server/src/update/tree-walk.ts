import { arrayIndex, closed, type Node, Tree } from '../bson/tree.js';
import { BsonType } from '../bson/value.js';
import { MongoError } from '../errors.js';
import { show } from '../storage/records.js';

/** The document or array that holds the last part of the path; made where it is missing. @throws MongoError 28 */
export function parentFor(document: Tree, path: readonly string[]): Tree {
  let tree = document;
  for (let i = 0; i < path.length - 1; i++) {
    const name = path[i]!;
    let next = tree.openAt(name);
    if (!next) {
      const there = tree.get(name);
      if (there !== undefined) throw notViable(path[i + 1]!, name, there);
      if (tree.isArray && arrayIndex(name) === undefined) throw notViable(name, path[i - 1] ?? '', tree);
      next = new Tree(BsonType.object);
      tree.set(name, next);
    }
    tree = next;
  }
  const last = path.at(-1)!;
  if (tree.isArray && arrayIndex(last) === undefined) throw notViable(last, path.at(-2) ?? '', tree);
  return tree;
}

/** The holder of the last part, or undefined when the path ends before it. */
export function parentIfThere(document: Tree, path: readonly string[]): Tree | undefined {
  let tree: Tree | undefined = document;
  for (let i = 0; i < path.length - 1 && tree; i++) tree = tree.openAt(path[i]!);
  return tree;
}

function notViable(field: string, inside: string, value: Node): MongoError {
  return new MongoError(28, `Cannot create field '${field}' in element {${inside}: ${show(closed(value))}}`);
}
