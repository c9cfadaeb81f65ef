import { BsonType, type BsonValue, documentValue, elementsOf, entriesOf, fieldsOf } from '../bson/value.js';
import type { DescribeChange } from '../storage/records.js';
import { pipelineDifference } from './pipeline-difference.js';
import { sameBytes } from './same-bytes.js';
import { UpdateDescription } from './update-description.js';

/** Paths that the operators of an update name, as a tree. */
interface Named {
  readonly parts: Map<string, Named>;
  /** An operator names this path: it is told whole. */
  whole: boolean;
  /** The operator only adds at the end of an array, so that what was there need not be told. */
  appends: boolean;
}

/** What the `updateDescription` of an event says, as the update was written (MongoDB: Change Events, update). */
export function describeUpdate(update: BsonValue): DescribeChange {
  if (update.type === BsonType.array) return pipelineDifference;
  if (isReplacement(update)) return (_before, after) => ({ op: 'replace', doc: documentValue(after) });
  return (before, after) => {
    const description = new UpdateDescription();
    compare(documentValue(before), documentValue(after), '', namedBy(update), description);
    return { op: 'update', desc: description.encode() };
  };
}

function isReplacement(update: BsonValue): boolean {
  const [name] = fieldsOf(update).keys();
  return name === undefined || !name.startsWith('$');
}

function namedBy(update: BsonValue): Named {
  const root: Named = { parts: new Map(), whole: false, appends: false };
  for (const [operator, operand] of entriesOf(update)) {
    for (const [path, argument] of entriesOf(operand)) {
      const named = nodeAt(root, path);
      named.whole = true;
      named.appends = operator === '$push' && onlyAdds(argument);
      if (operator === '$rename') nodeAt(root, argument.string()).whole = true;
    }
  }
  return root;
}

/** `$push` of one value, or of `$each` alone. */
function onlyAdds(argument: BsonValue): boolean {
  if (argument.type !== BsonType.object) return true;
  const names = [...fieldsOf(argument).keys()];
  return !names.some((name) => name === '$position' || name === '$slice' || name === '$sort');
}

/** `$`, `$[]` and `$[name]` stand for any element. */
function nodeAt(root: Named, path: string): Named {
  let node = root;
  for (const part of path.split('.')) {
    const name = part.startsWith('$') ? '$' : part;
    let next = node.parts.get(name);
    if (!next) {
      next = { parts: new Map(), whole: false, appends: false };
      node.parts.set(name, next);
    }
    node = next;
  }
  return node;
}

function compare(
  before: BsonValue,
  after: BsonValue,
  prefix: string,
  named: Named,
  into: UpdateDescription,
): void {
  const old = fieldsOf(before);
  const now = fieldsOf(after);
  for (const [name, value] of now) {
    const path = prefix + name;
    const there = old.get(name);
    const next = named.parts.get(name) ?? named.parts.get('$');
    if (!there) {
      // `$set` beyond the end of an array fills it with nulls that nobody named.
      if (before.type === BsonType.array && !next && !named.appends) continue;
      into.set(path, value);
    } else if (!sameBytes(there, value)) changed(there, value, path, next, into);
  }
  for (const name of old.keys()) if (!now.has(name)) into.remove(prefix + name);
}

function changed(
  before: BsonValue,
  after: BsonValue,
  path: string,
  named: Named | undefined,
  into: UpdateDescription,
): void {
  const nested =
    before.type === after.type && (after.type === BsonType.object || after.type === BsonType.array);
  const opens = named !== undefined && nested && (!named.whole || (named.appends && extended(before, after)));
  if (opens) compare(before, after, `${path}.`, named, into);
  else into.set(path, after);
}

function extended(before: BsonValue, after: BsonValue): boolean {
  if (after.type !== BsonType.array) return false;
  const now = elementsOf(after);
  return elementsOf(before).every((element, i) => now[i] !== undefined && sameBytes(element, now[i]));
}
