import { BsonType, type BsonValue, documentValue, fieldsOf } from '../bson/value.js';
import type { DescribeChange } from '../storage/records.js';
import { sameBytes } from './same-bytes.js';
import { UpdateDescription } from './update-description.js';

/** What the server's entry about an update holds besides the difference. */
const ENTRY_BYTES = 15;
/** A document, and a section in it: type, one letter, zero, and its own length and end. */
const DOCUMENT_BYTES = 5;
const SECTION_BYTES = 8;

/**
 * What an update by pipeline did: the document before and after it compared. A part whose difference takes no less
 * room than the part itself is told whole; a whole document like that is told as a replacement (MongoDB: doc_diff).
 */
export const pipelineDifference: DescribeChange = (before, after) => {
  const description = new UpdateDescription();
  const size = objectDifference(documentValue(before), documentValue(after), '', description);
  if (size + ENTRY_BYTES < after.length) return { op: 'update', desc: description.encode() };
  return { op: 'replace', doc: documentValue(after) };
};

type Difference = (before: BsonValue, after: BsonValue, prefix: string, into: UpdateDescription) => number;

/** @returns the bytes that MongoDB's difference takes. */
const objectDifference: Difference = (before, after, prefix, into) => {
  const old = fieldsOf(before);
  const now = fieldsOf(after);
  const sections = { inserted: 0, updated: 0, removed: 0, nested: 0 };
  for (const [name, value] of now) {
    const there = old.get(name);
    const head = 2 + Buffer.byteLength(name);
    const whole = head + value.end - value.start;
    if (!there) {
      into.set(prefix + name, value);
      sections.inserted += whole;
      continue;
    }
    if (sameBytes(there, value)) continue;
    const nested = nestedDifference(there, value, `${prefix + name}.`);
    if (nested) {
      into.add(nested.description);
      sections.nested += head + 1 + nested.size;
    } else {
      into.set(prefix + name, value);
      sections.updated += whole;
    }
  }
  for (const name of old.keys()) {
    if (now.has(name)) continue;
    into.remove(prefix + name);
    sections.removed += 3 + Buffer.byteLength(name);
  }
  const { inserted, updated, removed, nested } = sections;
  const used = [inserted, updated, removed].filter((size) => size > 0);
  return DOCUMENT_BYTES + nested + used.reduce((sum, size) => sum + SECTION_BYTES + size, 0);
};

const arrayDifference: Difference = (before, after, prefix, into) => {
  const old = [...fieldsOf(before).values()];
  const now = [...fieldsOf(after).values()];
  let size = DOCUMENT_BYTES + 4;
  now.forEach((value, i) => {
    const there = old[i];
    if (there && sameBytes(there, value)) return;
    const head = 3 + String(i).length;
    const nested = there && nestedDifference(there, value, `${prefix}${i}.`);
    if (nested) {
      into.add(nested.description);
      size += head + nested.size;
    } else {
      into.set(`${prefix}${i}`, value);
      size += head + value.end - value.start;
    }
  });
  if (now.length < old.length) {
    into.truncate(prefix.slice(0, -1), now.length);
    size += 7;
  }
  return size;
};

function nestedDifference(
  before: BsonValue,
  after: BsonValue,
  prefix: string,
): { description: UpdateDescription; size: number } | undefined {
  if (before.type !== after.type) return undefined;
  if (after.type !== BsonType.object && after.type !== BsonType.array) return undefined;
  const description = new UpdateDescription();
  const difference = after.type === BsonType.object ? objectDifference : arrayDifference;
  const size = difference(before, after, prefix, description);
  return size < after.end - after.start ? { description, size } : undefined;
}
