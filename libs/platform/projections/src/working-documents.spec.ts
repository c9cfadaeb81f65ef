import { describe, expect, it } from '@jest/globals';
import { WorkingDocuments } from './working-documents.js';

function commit(documents: WorkingDocuments, changes: Record<string, object | undefined>): void {
  for (const [key, document] of Object.entries(changes)) documents.set(key, document);
  documents.beginCommit();
  documents.endCommit();
}
const missing = (documents: WorkingDocuments, ...keys: string[]) => documents.base(keys).missing;
const get = (documents: WorkingDocuments, key: string) => documents.get(key, documents.base([key]).held);

describe('WorkingDocuments', () => {
  it('prefers what changed over what is being committed over what was', () => {
    const documents = new WorkingDocuments(10_000, false);
    expect(missing(documents, 'a')).toEqual(['a']);
    documents.set('a', { n: 1 });
    const first = documents.beginCommit();
    expect(get(documents, 'a')).toEqual({ n: 1 });
    documents.set('a', { n: 2 });
    expect(first.get('a')).toEqual({ n: 1 });
    expect(get(documents, 'a')).toEqual({ n: 2 });
    documents.endCommit();
    documents.beginCommit();
    documents.endCommit();
    expect(get(documents, 'a')).toEqual({ n: 2 });
    expect(missing(documents, 'a')).toEqual([]);
  });

  it('holds what it answered although a commit ends meanwhile and the cache has no room', () => {
    const documents = new WorkingDocuments(10, false);
    documents.set('a', { text: 'too large for the cache' });
    documents.beginCommit();
    const { held } = documents.base(['a']);
    documents.endCommit();
    expect(missing(documents, 'a')).toEqual(['a']);
    expect(documents.get('a', held)).toEqual({ text: 'too large for the cache' });
  });

  it('keeps in mind that a document was removed, while that is not yet stored', () => {
    const documents = new WorkingDocuments(10_000, false);
    documents.set('a', undefined);
    expect(documents.get('a', new Map([['a', { n: 1 }]]))).toBeUndefined();
    documents.beginCommit();
    expect(missing(documents, 'a')).toEqual([]);
    documents.endCommit();
    expect(missing(documents, 'a')).toEqual(['a']);
  });

  it('asks for nothing that was never stored, and for what it no longer holds', () => {
    const documents = new WorkingDocuments(1_000, true);
    expect(missing(documents, 'a')).toEqual([]);
    commit(documents, { a: { text: 'x'.repeat(600) } });
    commit(documents, { b: { text: 'x'.repeat(600) } });
    expect(missing(documents, 'a', 'b', 'c')).toEqual(['a']);
  });

  it('asks for everything once it has seen more keys than it remembers', () => {
    const documents = new WorkingDocuments(1_000, true, 2);
    commit(documents, { a: {}, b: {}, c: {} });
    expect(missing(documents, 'd')).toEqual(['d']);
  });

  it('counts a document once, however often it changes', () => {
    const documents = new WorkingDocuments(1_000, false);
    documents.set('a', { n: 1 });
    const sizeBytes = documents.changedBytes;
    documents.set('a', { n: 2 });
    expect([documents.changes, documents.changedBytes]).toEqual([1, sizeBytes]);
    documents.beginCommit();
    expect([documents.changes, documents.changedBytes]).toEqual([0, 0]);
  });
});
