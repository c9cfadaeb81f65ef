import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { UnreadableFileError, WrongFileError } from './import-errors.js';
import { SampleFolder } from './sample-file.js';
import { SourceFile } from './source-file.js';

const folder = new SampleFolder();
afterAll(() => folder.remove());

const text = `first £\n${'second,'.repeat(60_000)}\nlast without an end`;

async function read(path: string): Promise<{ text: string; source: SourceFile }> {
  const source = await SourceFile.open(path);
  const blocks: Buffer[] = [];
  try {
    for await (const block of source.blocks()) blocks.push(block);
  } finally {
    await source.close();
  }
  return { text: Buffer.concat(blocks).toString(), source };
}

describe('SourceFile', () => {
  it.each([
    ['plain', Buffer.from(text)],
    ['gzip', gzipSync(text)],
    ['gzip of two members', Buffer.concat([gzipSync(text.slice(0, 9)), gzipSync(text.slice(9))])],
  ])('reads %s, told by its first bytes, and counts the bytes as stored', async (_kind, bytes) => {
    const found = await read(folder.write(bytes));
    expect(found.text).toBe(text);
    expect(found.source).toMatchObject({ bytesRead: bytes.length, sizeBytes: bytes.length });
  });

  it('gives whole lines', async () => {
    const source = await SourceFile.open(folder.write(`${'x'.repeat(1000)}\n`.repeat(500)));
    for await (const block of source.blocks()) expect(block.at(-1)).toBe(0x0a);
    await source.close();
  });

  it('reads an empty file', async () => expect((await read(folder.write(''))).text).toBe(''));

  it.each([
    ['Latin-1', Buffer.from('a\nb\ngift £\nd\n', 'latin1'), 3],
    ['Latin-1 on the last line', Buffer.from('a\nb £', 'latin1'), 2],
    ['UTF-16', Buffer.from('\ufeffa\nb\n', 'utf16le'), 1],
    ['a character cut in half', Buffer.concat([Buffer.from('a\n'), Buffer.from('£').subarray(0, 1)]), 2],
  ])('names the line that is not UTF-8: %s', async (_kind, bytes, line) => {
    const reading = read(folder.write(bytes));
    await expect(reading).rejects.toThrow(UnreadableFileError);
    await expect(reading).rejects.toMatchObject({ line, reason: expect.stringContaining('UTF-8') });
  });

  it('names the line after which a gzip file is cut off', async () => {
    const whole = gzipSync(`${'some line\n'.repeat(10)}`);
    await expect(read(folder.write(whole.subarray(0, whole.length - 9)))).rejects.toThrow(
      /^line \d+: the gzip file is damaged or cut off/,
    );
  });

  it('does not gather a line without end', async () =>
    expect(read(folder.write('x'.repeat(3_000_000)))).rejects.toThrow('line 1: is longer than 1 MiB'));

  it('says what cannot be opened', async () => {
    await expect(SourceFile.open(join(folder.path, 'none.csv'))).rejects.toThrow('cannot be read: ENOENT.');
    await expect(SourceFile.open(folder.path)).rejects.toThrow(WrongFileError);
    await expect(SourceFile.open(folder.path)).rejects.toThrow('is not a file');
  });
});
