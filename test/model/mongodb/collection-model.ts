import type { IndexName, Item, Write } from './operation.js';

/** What a write answers: how many documents it met and changed, or that it would have made a duplicate. */
export type Outcome = { readonly met: number; readonly changed: number } | 'duplicate';

const copyOf = (item: Item): Item => ({ ...item, tags: [...item.tags] });

/** A collection as plain objects: no index speeds it up, the unique one only forbids. */
export class CollectionModel {
  items = new Map<number, Item>();
  readonly indexes = new Set<IndexName>();

  copy(): CollectionModel {
    const copy = new CollectionModel();
    for (const [id, item] of this.items) copy.items.set(id, copyOf(item));
    for (const name of this.indexes) copy.indexes.add(name);
    return copy;
  }

  get inOrder(): Item[] {
    return [...this.items.values()].sort((a, b) => a._id - b._id);
  }

  hasDuplicateCodes(): boolean {
    return new Set([...this.items.values()].map(({ code }) => code)).size < this.items.size;
  }

  write(write: Write): Outcome {
    switch (write.kind) {
      case 'insert':
        if (this.items.has(write.item._id)) return 'duplicate';
        return this.put(write.item, 1);
      case 'replace':
        return this.put(write.item, 1);
      case 'delete':
        return this.remove((item) => item._id === write.id);
      case 'change': {
        const item = this.items.get(write.id);
        if (!item) return { met: 0, changed: 0 };
        return this.put({ ...item, rank: write.rank, tags: [...item.tags, write.tag] }, 1);
      }
      case 'code': {
        const item = this.items.get(write.id);
        return item ? this.put({ ...item, code: write.code }, 1) : { met: 0, changed: 0 };
      }
      case 'sink':
        return this.changeAll(
          ({ group, rank }) => group === write.group && rank !== null && rank >= 5,
          (item) => ({ ...item, group: 'g0', rank: item.rank! - 5 }),
        );
      case 'deleteMany':
        return this.remove(
          ({ tags, rank }) => tags.includes(write.tag) && rank !== null && rank < write.below,
        );
      case 'pull':
        return this.changeAll(
          ({ tags }) => tags.includes(write.tag),
          (item) => ({ ...item, tags: item.tags.filter((tag) => tag !== write.tag) }),
        );
    }
  }

  private put(item: Item, met: number): Outcome {
    if (this.indexes.has('code'))
      for (const other of this.items.values())
        if (other._id !== item._id && other.code === item.code) return 'duplicate';
    const before = this.items.get(item._id);
    this.items.set(item._id, copyOf(item));
    return { met, changed: JSON.stringify(before) === JSON.stringify(item) ? 0 : 1 };
  }

  private remove(matches: (item: Item) => boolean): Outcome {
    const removed = [...this.items.values()].filter(matches);
    for (const { _id } of removed) this.items.delete(_id);
    return { met: removed.length, changed: removed.length };
  }

  private changeAll(matches: (item: Item) => boolean, change: (item: Item) => Item): Outcome {
    const met = [...this.items.values()].filter(matches);
    for (const item of met) this.items.set(item._id, change(item));
    return { met: met.length, changed: met.length };
  }
}
