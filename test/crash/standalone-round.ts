import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ContextDefinition } from '#libs/platform/kernel';
import { openVerification, type ProjectionReport } from '#libs/platform/projections';
import { seeded } from '#libs/testing';
import { Child, type StartedApp, startApp, temporaryFolder, untilReady } from '../harness/index.js';
import { CheckAcknowledged } from './check-acknowledged.js';
import { OrderClient } from './order-client.js';

const CLIENTS = 6;
const MOST_KILLS = 3;
/** Where starting is slow, a round has fewer kills: it begins no further one that would end later than this. */
const AIM_MS = 8_000;
const LONGEST_LOAD_MS = 1_500;
const CAUGHT_UP_SECONDS = 10;
const STANDALONE = 'dist/apps/standalone/src/main.js';

export interface RoundOutcome {
  readonly acknowledged: number;
  readonly unknown: number;
  readonly kills: number;
  readonly faults: readonly string[];
}

/**
 * One round on a fresh folder: several clients load the standalone until it is killed (`kill -9`) at a random moment,
 * up to three times; sometimes it is also killed while it starts. Then what was never answered is sent again under
 * its id, and all is counted. Takes 8 s where a start takes 2; the clock ends each load, so that what is to be counted
 * follows from what the machine got done.
 */
export async function standaloneRound(
  seed: number,
  contexts: readonly ContextDefinition[],
): Promise<RoundOutcome> {
  const random = seeded(seed);
  const folder = temporaryFolder('crash');
  const clients: OrderClient[] = [];
  const plannedKills = 1 + Math.floor(random() * MOST_KILLS);
  const roundStartedAt = performance.now();
  let longestStartMs = 0;
  let kills = 0;
  const start = async () => {
    const startedAt = performance.now();
    app = await started(folder.path);
    longestStartMs = Math.max(longestStartMs, performance.now() - startedAt);
    return app;
  };
  const leavesTime = () => performance.now() - roundStartedAt + 2 * longestStartMs + LONGEST_LOAD_MS < AIM_MS;
  let app: StartedApp | undefined;
  try {
    do {
      if (random() < 0.2) await killedWhileStarting(folder.path, random() * (longestStartMs || 1_000));
      clients.push(...(await loadUntilKilled(await start(), `s${seed}k${kills}`, random)));
      kills++;
    } while (kills < plannedKills && leavesTime());
    const { url } = await start();
    await Promise.all(clients.map((client) => client.retry(url)));
    const sent = clients.flatMap((client) => client.sent);
    const faults = await faultsIn(url, folder.path, sent, contexts);
    const acknowledged = sent.filter(({ answer }) => answer).length;
    return { acknowledged, unknown: sent.length - acknowledged, kills, faults };
  } finally {
    await app?.child.kill();
    folder.remove();
  }
}

async function started(dataDir: string): Promise<StartedApp> {
  const app = await startApp('standalone', { TIDEMARK_DATA: dataDir });
  await untilReady(app);
  return app;
}

async function killedWhileStarting(dataDir: string, afterMs: number): Promise<void> {
  const child = new Child({ entry: STANDALONE, env: { PORT: '0', TIDEMARK_DATA: dataDir } });
  await delay(afterMs);
  await child.kill();
}

async function loadUntilKilled(app: StartedApp, name: string, random: () => number): Promise<OrderClient[]> {
  const clients = Array.from(
    { length: CLIENTS },
    (_none, index) => new OrderClient(`${name}c${index}`, seeded(Math.floor(random() * 2 ** 31))),
  );
  const running = clients.map((client) => client.run(app.url));
  await delay(50 + random() * LONGEST_LOAD_MS);
  await app.child.kill();
  await Promise.all(running);
  return clients;
}

async function faultsIn(
  url: string,
  dataDir: string,
  sent: OrderClient['sent'],
  contexts: readonly ContextDefinition[],
): Promise<string[]> {
  const { eventStoreUrl, mongoUrl } = addresses(dataDir);
  const { log, registry, verification, close } = openVerification({ eventStoreUrl, mongoUrl, contexts });
  try {
    const check = new CheckAcknowledged();
    let last = -1n;
    for await (const recorded of log.read(-1n, await log.head())) {
      check.apply(recorded);
      last = recorded.position;
    }
    const read = await fetch(`${url}/reports/sales-by-day`, {
      headers: { 'tidemark-consistency': String(last), prefer: `wait=${CAUGHT_UP_SECONDS}` },
    });
    const behind = read.ok ? [] : [`the read models did not catch up: ${await read.text()}`];
    const { projections } = registry;
    const reports = await verification.run({ projections, scope: { kind: 'all' } });
    return [...check.faults(sent), ...behind, ...reports.flatMap((report) => wrongIn(report, last))];
  } finally {
    await close();
  }
}

/** What a read model says otherwise than the log, a line each. */
function wrongIn({ name, position, unequal, findings }: ProjectionReport, last: bigint): string[] {
  const behind = position < last ? [`${name}: at position ${position}, while the log ends at ${last}`] : [];
  const told = findings.map(({ key, ...finding }) => `${name} ${key}: ${jsonLine(finding)}`);
  const more = unequal > told.length ? [`${name}: and ${unequal - told.length} more`] : [];
  return [...behind, ...told, ...more];
}

const jsonLine = (value: unknown): string =>
  JSON.stringify(value, (_name, part: unknown) => (typeof part === 'bigint' ? String(part) : part));

/** Where the standalone's own stores listen: it says so in `run.json`. */
function addresses(dataDir: string): { eventStoreUrl: string; mongoUrl: string } {
  return JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8'));
}
