import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { importMeasure } from './import/import-measure.js';
import { progressDisplay } from './progress-display.js';

const progress = { bytesRead: 2_500, sizeBytes: 10_000, documents: 12_345, rows: 250_000 };

describe('progress', () => {
  it('tells rate and time left by the bytes of the file', () => {
    expect(importMeasure.told(progress, 10_000)).toBe(
      '12,345 invoices, 250,000 rows, 25,000 rows/s, 30 s left',
    );
    expect(importMeasure.told({ ...progress, bytesRead: 100 }, 10_000)).toContain('16 min 30 s left');
  });

  it('promises nothing in the first second', () =>
    expect(importMeasure.told(progress, 999)).toBe('12,345 invoices, 250,000 rows'));

  it('is a line every five seconds where there is no terminal', () => {
    const lines: string[] = [];
    let now = 1_000;
    const plain = new PassThrough() as unknown as NodeJS.WriteStream;
    const display = progressDisplay(
      plain,
      (line) => lines.push(line),
      importMeasure,
      () => now,
    );
    for (; now < 12_000; now += 500) display.show(progress);
    display.end();
    expect(lines).toHaveLength(3);
    expect(lines[1]).toBe('25 %, 12,345 invoices, 250,000 rows, 50,000 rows/s, 15 s left');
  });

  it('is a bar on a terminal, and goes away at the end', () => {
    const terminal = Object.assign(new PassThrough(), {
      isTTY: true,
      columns: 120,
      cursorTo: () => true,
      clearLine: () => true,
      moveCursor: () => true,
    });
    const display = progressDisplay(
      terminal as unknown as NodeJS.WriteStream,
      () => undefined,
      importMeasure,
    );
    display.show(progress);
    display.note('It is away.');
    display.end();
    const written = String(terminal.read());
    expect(written).toContain('25 %');
    expect(written).toContain('\r\u001b[2KIt is away.\n');
  });
});
