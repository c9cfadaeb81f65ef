import type { ReadContext } from '../storage/contexts.js';
import type { BatchSource } from './cursors.js';

/** Documents that are all there from the start. */
export class BufferedSource implements BatchSource {
  private at = 0;

  constructor(private readonly documents: readonly Buffer[]) {}

  get done(): boolean {
    return this.at >= this.documents.length;
  }

  async batch(_context: ReadContext, count: number, sizeBytes: number): Promise<Buffer[]> {
    const batch: Buffer[] = [];
    let size = 0;
    while (this.at < this.documents.length && batch.length < count) {
      const document = this.documents[this.at]!;
      if (batch.length > 0 && size + document.length > sizeBytes) break;
      batch.push(document);
      size += document.length;
      this.at++;
    }
    return batch;
  }
}
