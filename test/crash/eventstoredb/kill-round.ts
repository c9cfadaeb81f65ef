import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import { dice } from '#libs/testing';
import { verify } from '../../../libs/protocol/eventstoredb-server/src/verify.js';
import { Child, type TemporaryFolder, temporaryFolder } from '../../harness/index.js';
import type { RoundOutcome } from '../standalone-round.js';
import { GroupConsumer } from './group-consumer.js';
import { enableProjections, faultsOfAllLinks, faultsOfLinks } from './links-check.js';
import { faultsOfLog, faultsOfStreams, type LogEntry, readLog } from './log-check.js';
import type { SentWrite } from './sent-write.js';
import { Writers } from './writers.js';

const MOST_KILLS = 2;
const LONGEST_LOAD_MS = 800;

/**
 * One round on a fresh folder: writers load a node until it is killed (`kill -9`) at a random moment, twice at
 * most, sometimes while it starts. After each restart all is counted.
 */
export async function killRound(seed: number): Promise<RoundOutcome> {
  const random = dice(seed);
  const folder = temporaryFolder('crash-eventstoredb');
  const sent: SentWrite[] = [];
  const faults: string[] = [];
  let seen: LogEntry[] = [];
  const consumer = new GroupConsumer();
  const kills = 1 + random.upTo(MOST_KILLS);
  try {
    for (let kill = 0; kill <= kills; kill++) {
      if (random.upTo(5) === 0) await killedWhileStarting(folder, random.upTo(300));
      const { child, url } = await started(folder);
      try {
        const client = EventStoreDBClient.connectionString(url);
        seen = await checked(client, sent, seen, faults);
        faults.push(...(await consumer.faults(client, seen)), ...(await verify(folder.path)).findings);
        if (kill < kills) {
          await consumer.create(client);
          await enableProjections(client);
          consumer.consume(client);
          await loadUntilKilled(child, url, `${seed}-${kill}-`, random.upTo(2 ** 30), sent);
        } else faults.push(...(await faultsOfAllLinks(client)));
        await client.dispose();
      } finally {
        await child.kill();
      }
    }
  } finally {
    folder.remove();
  }
  const acknowledged = sent.filter((write) => write.acknowledged).length;
  return { acknowledged, unknown: sent.length - acknowledged, kills, faults };
}

async function checked(
  client: EventStoreDBClient,
  sent: readonly SentWrite[],
  seenBefore: readonly LogEntry[],
  faults: string[],
): Promise<LogEntry[]> {
  const log = await readLog(client);
  faults.push(...faultsOfLog(log, sent, seenBefore), ...faultsOfLinks(log));
  faults.push(...(await faultsOfStreams(client, log, sent)));
  return log;
}

const start = (folder: TemporaryFolder) =>
  new Child({
    entry: 'dist/libs/protocol/eventstoredb-server/src/main.js',
    args: ['--data', folder.path, '--port', '0'],
  });

async function started(folder: TemporaryFolder): Promise<{ child: Child; url: string }> {
  const child = start(folder);
  const url = await child.until('it says where it listens', () => {
    const found = /esdb:\S+(?=,)/.exec(child.stdout)?.[0];
    if (found === undefined) throw new Error(child.stdout);
    return found;
  });
  return { child, url };
}

async function killedWhileStarting(folder: TemporaryFolder, afterMs: number): Promise<void> {
  const child = start(folder);
  await delay(afterMs);
  await child.kill();
}

/** Gives it a little time from the first answer on, so that each kill falls into the load. */
async function loadUntilKilled(
  child: Child,
  url: string,
  name: string,
  seed: number,
  sent: SentWrite[],
): Promise<void> {
  let answered: () => void = () => undefined;
  const firstAnswer = new Promise<void>((resolve) => {
    answered = resolve;
  });
  const writers = new Writers(url, name, seed, () => answered());
  await Promise.race([firstAnswer, delay(10_000)]);
  await delay((seed % 1_000) * (LONGEST_LOAD_MS / 1_000));
  await child.kill();
  await writers.stop();
  sent.push(...writers.sent);
}
