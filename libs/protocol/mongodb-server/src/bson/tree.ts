import { MongoError } from '../errors.js';
import { fieldName } from './field-name.js';
import { BsonType, BsonValue, documentValue, eachField } from './value.js';

/** A value in a document being changed: bytes as they were, or a part that was opened. */
export type Node = BsonValue | Tree;

/**
 * A document or array opened for change. Only the parts that a change reaches are opened; all others are copied
 * byte by byte when the document is closed again, so types, order and unknown fields stay as they were.
 */
export class Tree {
  readonly names: string[] = [];
  readonly values: Node[] = [];

  constructor(readonly type: typeof BsonType.object | typeof BsonType.array) {}

  static open(value: BsonValue): Tree {
    const tree = new Tree(value.type === BsonType.array ? BsonType.array : BsonType.object);
    eachField(value.bytes, value.start, (field, nameStart, nameEnd) => {
      tree.names.push(tree.isArray ? '' : fieldName(value.bytes, nameStart, nameEnd));
      tree.values.push(field);
      return undefined;
    });
    return tree;
  }

  get isArray(): boolean {
    return this.type === BsonType.array;
  }

  /** The index of a field or array element; -1 when it is not there. */
  indexOf(name: string): number {
    if (!this.isArray) return this.names.indexOf(name);
    const index = arrayIndex(name);
    return index !== undefined && index < this.values.length ? index : -1;
  }

  get(name: string): Node | undefined {
    return this.values[this.indexOf(name)];
  }

  /** Replaces a field in place or adds it at the end. An array is filled with nulls up to the index. */
  set(name: string, value: Node): void {
    const index = this.indexOf(name);
    if (index >= 0) {
      this.values[index] = value;
      return;
    }
    if (this.isArray) this.extend(name, value);
    else {
      this.names.push(name);
      this.values.push(value);
    }
  }

  private extend(name: string, value: Node): void {
    const index = arrayIndex(name);
    if (index === undefined) throw new MongoError(28, `Cannot create field '${name}' in an array`);
    if (index > this.values.length + 1_500_000) throw new MongoError(28, `array index ${index} is too large`);
    while (this.values.length < index) this.push(new BsonValue(BsonType.null, Buffer.alloc(0), 0, 0));
    this.push(value);
  }

  push(value: Node): void {
    this.names.push('');
    this.values.push(value);
  }

  insert(at: number, value: Node): void {
    this.names.splice(at, 0, '');
    this.values.splice(at, 0, value);
  }

  /** Opens the nested document or array of that name, in place. */
  openAt(name: string): Tree | undefined {
    const index = this.indexOf(name);
    const value = this.values[index];
    if (value instanceof Tree) return value;
    if (value === undefined || (value.type !== BsonType.object && value.type !== BsonType.array))
      return undefined;
    const opened = Tree.open(value);
    this.values[index] = opened;
    return opened;
  }

  removeAt(index: number): void {
    this.names.splice(index, 1);
    this.values.splice(index, 1);
  }

  /** The bytes of the whole document. */
  close(): Buffer {
    const bytes = Buffer.allocUnsafe(this.size());
    this.write(bytes, 0);
    return bytes;
  }

  private size(): number {
    let size = 5;
    for (let i = 0; i < this.values.length; i++) {
      const value = this.values[i] as Node;
      size += 2 + (this.isArray ? String(i).length : Buffer.byteLength(this.names[i] as string));
      size += value instanceof Tree ? value.size() : value.end - value.start;
    }
    return size;
  }

  private write(bytes: Buffer, start: number): number {
    let at = start + 4;
    for (let i = 0; i < this.values.length; i++) {
      const value = this.values[i] as Node;
      bytes[at++] = value.type;
      at += bytes.write(this.isArray ? String(i) : (this.names[i] as string), at);
      bytes[at++] = 0;
      if (value instanceof Tree) at = value.write(bytes, at);
      else at += value.bytes.copy(bytes, at, value.start, value.end);
    }
    bytes[at++] = 0;
    bytes.writeInt32LE(at - start, start);
    return at;
  }
}

/** `'0'` and `'17'` but not `'01'`, `'-1'` or `'a'`. */
export function arrayIndex(name: string): number | undefined {
  return /^(0|[1-9][0-9]{0,8})$/.test(name) ? Number(name) : undefined;
}

/** A node as one closed value. */
export function closed(node: Node): BsonValue {
  if (node instanceof BsonValue) return node;
  const bytes = node.close();
  return new BsonValue(node.type, bytes, 0, bytes.length);
}

/** Opens a stored document. */
export function openDocument(bytes: Buffer): Tree {
  return Tree.open(documentValue(bytes));
}
