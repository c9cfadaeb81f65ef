import { encodeDocument, encodeValue } from '../bson/encode.js';
import { Tree } from '../bson/tree.js';
import { BsonType, type BsonValue, documentValue } from '../bson/value.js';

/** `updateDescription` of an event while it is gathered; names stay in their order, also those like numbers. */
export class UpdateDescription {
  private readonly updated = new Tree(BsonType.object);
  private readonly removed: string[] = [];
  private readonly truncated: { field: string; newSize: number }[] = [];

  set(path: string, value: BsonValue): void {
    this.updated.names.push(path);
    this.updated.values.push(value);
  }

  remove(path: string): void {
    this.removed.push(path);
  }

  truncate(path: string, newSize: number): void {
    this.truncated.push({ field: path, newSize });
  }

  /** Takes over what another says. */
  add(other: UpdateDescription): void {
    this.updated.names.push(...other.updated.names);
    this.updated.values.push(...other.updated.values);
    this.removed.push(...other.removed);
    this.truncated.push(...other.truncated);
  }

  encode(): BsonValue {
    const description = {
      updatedFields: documentValue(this.updated.close()),
      removedFields: this.removed,
      truncatedArrays: this.truncated.map((one) => encodeValue({ ...one })),
    };
    return documentValue(encodeDocument(description));
  }
}
