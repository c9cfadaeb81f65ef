import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ContextDefinition } from '#libs/platform/kernel';
import { seeded } from '#libs/testing';
import { type StartedApp, startApp, temporaryFolder, untilReady } from '../harness/index.js';
import { differences, FoldApart, readLog } from '../verification/index.js';
import { CheckAcknowledged } from './check-acknowledged.js';
import { OrderClient } from './order-client.js';

const CLIENTS = 6;
const MOST_KILLS = 3;
const LONGEST_LOAD_MS = 1_500;
const CAUGHT_UP_SECONDS = 20;

export interface RoundOutcome {
  readonly acknowledged: number;
  readonly unknown: number;
  readonly kills: number;
  readonly faults: readonly string[];
}

/**
 * One round on a fresh folder: several clients load the standalone until it is killed (`kill -9`) at a random moment,
 * up to three times; sometimes it is killed while it starts. Then what was never answered is sent again under its
 * id, and all is counted.
 */
export async function standaloneRound(
  seed: number,
  contexts: readonly ContextDefinition[],
): Promise<RoundOutcome> {
  const random = seeded(seed);
  const folder = temporaryFolder('crash');
  const clients: OrderClient[] = [];
  let app: StartedApp | undefined;
  try {
    const kills = 1 + Math.floor(random() * MOST_KILLS);
    for (let kill = 0; kill < kills; kill++) {
      if (random() < 0.2) await killedWhileStarting(folder.path, random);
      app = await started(folder.path);
      clients.push(...(await loadUntilKilled(app, `s${seed}k${kill}`, random)));
    }
    app = await started(folder.path);
    for (const client of clients) await client.retry(app.url);
    const sent = clients.flatMap((client) => client.sent);
    const faults = await faultsIn(app, folder.path, sent, contexts);
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

async function killedWhileStarting(dataDir: string, random: () => number): Promise<void> {
  const starting = startApp('standalone', { TIDEMARK_DATA: dataDir });
  await delay(random() * 800);
  await (await starting).child.kill();
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
  app: StartedApp,
  dataDir: string,
  sent: OrderClient['sent'],
  contexts: readonly ContextDefinition[],
): Promise<string[]> {
  const { eventStoreUrl, mongoUrl } = addresses(dataDir);
  const apart = new FoldApart(contexts);
  const check = new CheckAcknowledged();
  let last = 0n;
  for await (const recorded of readLog(eventStoreUrl, contexts)) {
    check.apply(recorded);
    apart.apply(recorded);
    last = recorded.position;
  }
  const read = await fetch(`${app.url}/reports/sales-by-day`, {
    headers: { 'tidemark-consistency': String(last), prefer: `wait=${CAUGHT_UP_SECONDS}` },
  });
  const behind = read.ok ? [] : [`the read models did not catch up: ${await read.text()}`];
  return [...check.faults(sent), ...behind, ...(await differences(mongoUrl, apart))];
}

/** Where the standalone's own stores listen: it says so in `run.json`. */
function addresses(dataDir: string): { eventStoreUrl: string; mongoUrl: string } {
  return JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8'));
}
