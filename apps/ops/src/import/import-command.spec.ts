import 'reflect-metadata';
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { Command } from 'commander';
import { CatalogCommandModule } from '#libs/contexts/catalog';
import { CustomersCommandModule } from '#libs/contexts/customers';
import { OrderingCommandModule } from '#libs/contexts/ordering';
import { InMemoryEventStoreModule, InMemoryEventStreams } from '#libs/platform/event-store';
import { EXIT } from '#libs/platform/lifecycle';
import type { Cli } from '../cli.js';
import { registerImportCommand } from './import-command.js';
import { SampleFolder } from './sample-file.js';

const ROWS = [
  '536365,85123A,WHITE HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom',
  '536366,85123A,CREAM HEART,1,2010-12-01 08:27:00,0.001,12347.0,Iceland',
  '536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:27:00,3.39,17850.0,United Kingdom',
  'C536379,85123A,Discount,-2,2010-12-01 09:41:00,27.5,17850.0,United Kingdom',
  '536414,22139,,56,2010-12-01 11:52:00,0.0,,United Kingdom',
];
const MALFORMED = '536370,22728,CLOCK,many,2010-12-01 08:45:00,3.75,12583.0,France';
const TOO_MANY_UNITS = '536371,22728,CLOCK,1000001,2010-12-01 08:45:00,3.75,12583.0,France';

let folder: SampleFolder;
let streams: InMemoryEventStreams;
let close: () => Promise<void>;
let opened: number;
beforeEach(() => {
  folder = new SampleFolder();
  streams = new InMemoryEventStreams();
  close = async () => undefined;
  opened = 0;
});
afterEach(async () => {
  process.exitCode = undefined;
  await close();
  folder.remove();
});

/** What the read models were waited for to handle. */
const followed: bigint[] = [];

/** A system on the same log each time, with empty caches, as after a restart. */
async function openSystem() {
  opened++;
  await close();
  @Module({
    imports: [
      InMemoryEventStoreModule.forRoot(streams),
      OrderingCommandModule,
      CatalogCommandModule,
      CustomersCommandModule,
    ],
  })
  class SpecSystem {}
  const context = await NestFactory.createApplicationContext(SpecSystem, { logger: false });
  close = () => context.close();
  const caughtUp = async (position: bigint) => {
    followed.push(position);
  };
  return { commandBus: context.get(CommandBus), eventStoreUrl: '', mongoUrl: '', caughtUp };
}

async function tidemark(...words: string[]): Promise<{ out: string; exitCode: unknown }> {
  const lines: string[] = [];
  const cli: Cli = {
    env: {},
    interrupted: new AbortController().signal,
    out: async (line) => void lines.push(line),
    note: () => undefined,
    openLog: () => Promise.reject(new Error('not asked for')),
    openSystem,
  };
  process.exitCode = undefined;
  const program = new Command().exitOverride();
  registerImportCommand(program, cli);
  await program.parseAsync(['import', 'online-retail', ...words], { from: 'user' });
  return { out: lines.join('\n'), exitCode: process.exitCode };
}

const counts = ({ out }: { out: string }) => {
  const { seconds, dryRun, rejects, position, ...rest } = JSON.parse(out) as Record<string, unknown>;
  return rest;
};

describe('tidemark import online-retail', () => {
  it('brings orders, credit notes, customers and products into the log', async () => {
    const { out, exitCode } = await tidemark(folder.rows(...ROWS));
    expect(exitCode).toBeUndefined();
    expect(out).toContain('2 orders: 3 lines, 13 units, 35.641 GBP');
    const order = streams.all().find(({ stream }) => stream === 'order-536365');
    expect(order).toMatchObject({
      type: 'OrderPlaced',
      data: { placedAt: '2010-12-01T08:26:00.000Z', origin: 'history', totals: { units: 12 } },
      metadata: { actor: 'import-online-retail', commandId: 'import-online-retail:536365' },
    });
    expect(new Set(streams.all().map(({ stream }) => stream))).toEqual(
      new Set([
        'order-536365',
        'order-536366',
        'creditNote-C536379',
        'customer-17850',
        'customer-12347',
        'product-85123A',
        'product-71053',
      ]),
    );
  });

  it('adds nothing when run twice, and tells the same', async () => {
    const path = folder.rows(...ROWS);
    const first = await tidemark(path, '--json');
    const log = streams.all();
    const second = await tidemark(path, '--json');
    expect(streams.all()).toEqual(log);
    expect(counts(second)).toEqual(counts(first));
  });

  it('ends when the read models that it keeps itself have handled the last event', async () => {
    followed.length = 0;
    const { out } = await tidemark(folder.rows(...ROWS), '--json');
    expect(followed.map(String)).toEqual([JSON.parse(out).position]);
    expect(followed).toEqual([streams.all().at(-1)?.position]);
  });

  it('counts the same without writing in a dry run, refusals too', async () => {
    const path = folder.rows(...ROWS, TOO_MANY_UNITS, MALFORMED);
    const dry = await tidemark(path, '--dry-run', '--json');
    expect(streams.all()).toEqual([]);
    expect(opened).toBe(0);
    expect(readdirSync(folder.path)).toEqual(['retail.csv']);
    const real = await tidemark(path, '--json');
    expect(counts(dry)).toEqual(counts(real));
    expect(counts(real)).toMatchObject({ orders: 2, malformedRows: 1, refusedDocuments: 1 });
    expect([dry.exitCode, real.exitCode]).toEqual([EXIT.finding, EXIT.finding]);
  });

  it('reports an order id in use by another order, and imports the rest', async () => {
    await tidemark(folder.rows(...ROWS));
    const changed = await tidemark(folder.rows(...ROWS.map((row) => row.replace(',6,', ',7,'))), '--json');
    expect(counts(changed)).toMatchObject({
      orders: 1,
      credits: { creditNotes: 1 },
      refusedDocuments: 1,
      heldBackRows: 2,
    });
    expect(changed.exitCode).toBe(EXIT.finding);
  });

  it.each([
    ['a file that is not there', 'none.csv', EXIT.usage, 'cannot be read: ENOENT'],
    ['a folder', '.', EXIT.usage, 'is not a file'],
  ])('ends with one sentence for %s', async (_what, name, exitCode, message) => {
    await expect(tidemark(`${folder.path}/${name}`)).rejects.toMatchObject({
      name: 'FatalError',
      exitCode,
      message: expect.stringContaining(message),
    });
    expect(opened).toBe(0);
  });

  it('ends with the line for a file that breaks off', async () => {
    const path = folder.rows(...ROWS, ROWS[0]?.replace('WHITE', '"WHITE') ?? '');
    await expect(tidemark(path)).rejects.toMatchObject({
      exitCode: EXIT.finding,
      message: expect.stringContaining('line 7: broken quoting'),
    });
  });

  it('refuses a rejects file that cannot be written before it opens the stores', async () => {
    const path = folder.rows(...ROWS);
    await expect(tidemark(path, '--rejects', `${folder.path}/none/r.csv`)).rejects.toMatchObject({
      exitCode: EXIT.usage,
    });
    expect(opened).toBe(0);
  });
});
