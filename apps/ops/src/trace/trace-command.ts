import type { EventStoreDBClient } from '@eventstore/db-client';
import { type Command, Option } from 'commander';
import { FatalError } from '#libs/platform/lifecycle';
import type { Trace } from '#libs/platform/replay';
import type { Cli } from '../cli.js';
import { jsonText } from '../json.js';
import { ALL } from '../streams/all.js';

type Format = 'text' | 'mermaid' | 'graphviz';

export function registerTraceCommand(program: Command, cli: Cli): void {
  program
    .command('trace')
    .description('Who caused what, across streams and contexts, as a tree')
    .argument('<id>', 'of a correlation, a command or an event')
    .addOption(
      new Option('--format <format>', 'a tree, or a picture for other tools')
        .choices(['text', 'mermaid', 'graphviz'])
        .default('text'),
    )
    .option('--json', 'one JSON object', false)
    .addHelpText(
      'after',
      `
By the store's system projection $by_correlation_id where that is running; else the whole log is read.

Examples:
  tidemark trace 019aa756-5a1f-7c3e-9d0a-3f1f7d6f2b11
  tidemark trace 019aa756-5a1f-7c3e-9d0a-3f1f7d6f2b11 --format mermaid`,
    )
    .action(async (id: string, { format, json }: { readonly format: Format; readonly json: boolean }) => {
      const { client } = await cli.openLog();
      const trace = (await indexed(client, id)) ?? (await scanned(client, id, cli));
      if (cli.interrupted.aborted) return;
      if (!trace) throw new FatalError(`No event has ${id} as its id, its command or its correlation.`);
      await cli.out(json ? jsonText(trace) : await drawn(trace, format));
    });
}

async function drawn(trace: Trace, format: Format): Promise<string> {
  const { traceGraphviz, traceMermaid, traceText } = await import('#libs/platform/replay');
  return { text: traceText, mermaid: traceMermaid, graphviz: traceGraphviz }[format](trace);
}

/** Complete only while the projection runs and has caught up. */
async function indexed(client: EventStoreDBClient, correlationId: string): Promise<Trace | undefined> {
  const { StreamNotFoundError } = await import('@eventstore/db-client');
  const { storedEventOf } = await import('#libs/platform/event-store');
  const { traceOf } = await import('#libs/platform/replay');
  if (!(await isIndexed(client))) return undefined;
  const events = [];
  try {
    for await (const link of client.readStream(`$bc-${correlationId}`, { resolveLinkTos: true })) {
      const event = storedEventOf(link);
      if (event) events.push(event);
    }
  } catch (error) {
    if (!(error instanceof StreamNotFoundError)) throw error;
  }
  return events.length > 0 ? traceOf(correlationId, events) : undefined;
}

async function isIndexed(client: EventStoreDBClient): Promise<boolean> {
  const { NotFoundError, UnknownError } = await import('@eventstore/db-client');
  try {
    const { status, progress } = await client.getProjectionStatus('$by_correlation_id');
    return /running/i.test(String(status)) && Number(progress) >= 100;
  } catch (error) {
    // A server without projections.
    if (error instanceof NotFoundError || error instanceof UnknownError) return false;
    throw error;
  }
}

async function scanned(client: EventStoreDBClient, id: string, cli: Cli): Promise<Trace | undefined> {
  const { findTrace } = await import('#libs/platform/replay');
  const { readLog } = await import('../streams/log.js');
  async function* untilInterrupted() {
    for await (const event of readLog(client, ALL, { backwards: false, limit: Number.MAX_SAFE_INTEGER })) {
      if (cli.interrupted.aborted) return;
      if (!event.stream.startsWith('$')) yield event;
    }
  }
  return findTrace(untilInterrupted, id);
}
