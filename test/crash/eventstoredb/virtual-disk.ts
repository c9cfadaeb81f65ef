import { dirname, join } from 'node:path';
import type { Dice } from '#libs/testing';
import type { NodeFile, NodeFiles } from '../../../libs/protocol/eventstoredb-server/src/storage/index.js';
import { FileContent } from './file-content.js';

type Change = { readonly at: number; readonly bytes: Buffer } | { readonly truncatedTo: number };
type NameChange = { readonly folder: string; apply(names: Map<string, Inode>): void };

/** A file: what programs see, what the disk surely has, and what happened in between. */
interface Inode {
  readonly seen: FileContent;
  readonly synced: FileContent;
  readonly since: Change[];
}

const SECTOR_BYTES = 512;

/**
 * A disk in memory, to be cut off from power: it remembers what was written since it was last synced, and gives disks
 * as they may be found after that (what a node may rely on is said at `NodeFiles`).
 */
export class VirtualDisk implements NodeFiles {
  readonly #names = new Map<string, Inode>();
  readonly #syncedNames = new Map<string, Inode>();
  #nameChanges: NameChange[] = [];
  /** Called before each change and each sync. */
  onOperation: () => void = () => undefined;

  async open(path: string, mode: 'create' | 'write' | 'read'): Promise<NodeFile> {
    const found = this.#names.get(path);
    if (mode !== 'create') {
      if (found === undefined) throw missing(path);
      return new VirtualFile(path, found, this);
    }
    this.onOperation();
    if (found !== undefined) {
      change(found, { truncatedTo: 0 });
      return new VirtualFile(path, found, this);
    }
    const inode: Inode = { seen: new FileContent(), synced: new FileContent(), since: [] };
    this.#rename(dirname(path), (names) => names.set(path, inode));
    return new VirtualFile(path, inode, this);
  }

  async list(folder: string): Promise<string[]> {
    return [...this.#names.keys()]
      .filter((path) => dirname(path) === folder)
      .map((path) => path.slice(folder.length + 1));
  }

  async rename(from: string, to: string): Promise<void> {
    this.onOperation();
    const inode = this.#names.get(from);
    if (inode === undefined) throw missing(from);
    this.#rename(dirname(to), (names) => {
      names.delete(from);
      names.set(to, inode);
    });
  }

  async unlink(path: string): Promise<void> {
    this.onOperation();
    this.#rename(dirname(path), (names) => names.delete(path));
  }

  async syncFolder(folder: string): Promise<void> {
    this.onOperation();
    const changes = this.#nameChanges.filter((each) => each.folder === join(folder));
    await new Promise((resolve) => setImmediate(resolve));
    for (const each of changes) each.apply(this.#syncedNames);
    this.#nameChanges = this.#nameChanges.filter((each) => !changes.includes(each));
  }

  /** One of the states in which the disk may be found when the power goes now. */
  afterPowerCut(random: Dice): VirtualDisk {
    const disk = new VirtualDisk();
    const names = new Map(this.#syncedNames);
    for (const each of this.#nameChanges) if (random.upTo(2) === 0) each.apply(names);
    const fate = random.oneOf<Fate>(['dropped', 'kept', 'mixed', 'mixed', 'mixed']);
    for (const [path, inode] of names) {
      const content = afterPowerCut(inode, fate, random);
      const restored = { seen: content, synced: content.copy(), since: [] };
      disk.#names.set(path, restored);
      disk.#syncedNames.set(path, restored);
    }
    return disk;
  }

  #rename(folder: string, apply: NameChange['apply']): void {
    apply(this.#names);
    this.#nameChanges.push({ folder: join(folder), apply });
  }
}

class VirtualFile implements NodeFile {
  constructor(
    readonly path: string,
    private readonly inode: Inode,
    private readonly disk: VirtualDisk,
  ) {}

  async sizeBytes(): Promise<number> {
    return this.inode.seen.sizeBytes;
  }

  async read(into: Uint8Array, at: number): Promise<number> {
    return this.inode.seen.read(into, at);
  }

  readNow(into: Uint8Array, at: number): number {
    return this.inode.seen.read(into, at);
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    this.writeNow(bytes, at);
    await new Promise((resolve) => setImmediate(resolve));
  }

  writeNow(bytes: Uint8Array, at: number): void {
    this.disk.onOperation();
    change(this.inode, { at, bytes: Buffer.from(bytes) });
  }

  async datasync(): Promise<void> {
    this.disk.onOperation();
    const { since, synced } = this.inode;
    const changes = since.slice();
    await new Promise((resolve) => setTimeout(resolve, 1));
    for (const each of changes) {
      const at = since.indexOf(each);
      if (at === -1) continue; // another sync was faster
      since.splice(at, 1);
      apply(synced, each);
    }
  }

  async truncate(sizeBytes: number): Promise<void> {
    this.disk.onOperation();
    change(this.inode, { truncatedTo: sizeBytes });
  }

  async close(): Promise<void> {}
}

function change(inode: Inode, change: Change): void {
  apply(inode.seen, change);
  inode.since.push(change);
}

function apply(content: FileContent, change: Change): void {
  if ('bytes' in change) content.write(change.bytes, change.at);
  else content.truncate(change.truncatedTo);
}

type Fate = 'dropped' | 'kept' | 'mixed';

/** Later writes may be there before earlier ones, in parts, or as zeros. */
function afterPowerCut({ synced, since }: Inode, fate: Fate, random: Dice): FileContent {
  const content = synced.copy();
  if (fate === 'dropped') return content;
  if (fate === 'kept') {
    for (const each of since) apply(content, each);
    return content;
  }
  for (const each of shuffled(since, random))
    if ('bytes' in each) keepInParts(content, each, random);
    else if (random.upTo(2) === 0) content.truncate(each.truncatedTo);
  return content;
}

function keepInParts(content: FileContent, { at, bytes }: { at: number; bytes: Buffer }, random: Dice): void {
  const all = random.oneOf(['kept', 'dropped', 'zeroed', 'in parts', 'in parts'] as const);
  for (let from = 0; from < bytes.length; from += SECTOR_BYTES) {
    const sector = bytes.subarray(from, from + SECTOR_BYTES);
    const fate = all === 'in parts' ? random.oneOf(['kept', 'kept', 'dropped', 'zeroed'] as const) : all;
    if (fate === 'kept') content.write(sector, at + from);
    else if (fate === 'zeroed') content.write(Buffer.alloc(sector.length), at + from);
  }
}

function shuffled<T>(items: readonly T[], random: Dice): T[] {
  const all = [...items];
  for (let index = all.length - 1; index > 0; index--) {
    const other = random.upTo(index + 1);
    [all[index], all[other]] = [all[other] as T, all[index] as T];
  }
  return all;
}

function missing(path: string): Error {
  return Object.assign(new Error(`ENOENT: there is no ${path}`), { code: 'ENOENT' });
}
