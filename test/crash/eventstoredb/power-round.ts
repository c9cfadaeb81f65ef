import { EventStoreDBClient } from '@eventstore/db-client';
import { type Dice, dice } from '#libs/testing';
import { type RunningNode, runNode } from '../../../libs/protocol/eventstoredb-server/src/node.js';
import { DEFAULT_LIMITS } from '../../../libs/protocol/eventstoredb-server/src/node-settings.js';
import type { RoundOutcome } from '../standalone-round.js';
import { GroupConsumer } from './group-consumer.js';
import { enableProjections, faultsOfAllLinks, faultsOfLinks } from './links-check.js';
import { faultsOfLog, faultsOfStreams, type LogEntry, readLog } from './log-check.js';
import type { SentWrite } from './sent-write.js';
import { VirtualDisk } from './virtual-disk.js';
import { Writers } from './writers.js';

const MOST_CUTS = 2;
const STATES_PER_CUT = 3;
const LONGEST_LIFE_OPERATIONS = 200;
const LONGEST_LIFE_MS = 3_000;

/** What clients and readers could rely on when the power went, and a disk as it may be found after that. */
interface Cut {
  readonly sent: readonly SentWrite[];
  readonly seen: readonly LogEntry[];
  readonly consumer: GroupConsumer;
  readonly disks: readonly VirtualDisk[];
}

/**
 * One round: a node in this process, on a disk in memory, is loaded until the power goes before a random write or sync,
 * twice at most, also while it starts. Of each cut, several disks that the syncs allow are opened and all is
 * counted; the last one is gone on with.
 */
export async function powerRound(seed: number): Promise<RoundOutcome> {
  const random = dice(seed);
  const faults: string[] = [];
  const cuts = 1 + random.upTo(MOST_CUTS);
  let cut: Cut = { sent: [], seen: [], consumer: new GroupConsumer(), disks: [new VirtualDisk()] };
  for (let number = 0; number < cuts && faults.length === 0; number++) {
    cut = await untilPowerCut(cut, `${seed}-${number}-`, random);
    let last = cut;
    for (const disk of cut.disks) last = await checked(disk, cut, number === cuts - 1, faults);
    cut = last;
  }
  const acknowledged = cut.sent.filter((write) => write.acknowledged).length;
  return { acknowledged, unknown: cut.sent.length - acknowledged, kills: cuts, faults };
}

async function untilPowerCut(before: Cut, name: string, random: Dice): Promise<Cut> {
  const disk = (before.disks.at(-1) as VirtualDisk).afterPowerCut(random);
  const consumer = new GroupConsumer(before.consumer);
  let writers: Writers | undefined;
  let operationsLeft = random.upTo(LONGEST_LIFE_OPERATIONS);
  let cut: Cut | undefined;
  let over: () => void = () => undefined;
  const isOver = new Promise<void>((resolve) => {
    over = resolve;
  });
  const cutNow = () => {
    if (cut !== undefined) return;
    // Within one step: what is acknowledged after this one, nobody relies on.
    const sent = [...before.sent, ...(writers?.sent ?? []).map((write) => ({ ...write }))];
    const disks = Array.from({ length: STATES_PER_CUT }, () => disk.afterPowerCut(random));
    cut = { sent, seen: before.seen, consumer: new GroupConsumer(consumer), disks };
    over();
  };
  disk.onOperation = () => {
    if (operationsLeft-- === 0) cutNow();
  };
  const node = await run(disk);
  const timer = setTimeout(cutNow, LONGEST_LIFE_MS);
  const client = EventStoreDBClient.connectionString(urlOf(node));
  await consumer.create(client);
  await enableProjections(client);
  consumer.consume(client);
  writers = new Writers(urlOf(node), name, random.upTo(2 ** 30));
  await isOver;
  clearTimeout(timer);
  await writers.stop();
  await client.dispose();
  await node.close();
  return cut as unknown as Cut;
}

/** Opens a node on the disk, counts, and gives what the next life goes on with. */
async function checked(disk: VirtualDisk, cut: Cut, isLastCut: boolean, faults: string[]): Promise<Cut> {
  const { sent, seen } = cut;
  const consumer = new GroupConsumer(cut.consumer);
  let node: RunningNode;
  try {
    node = await run(disk);
  } catch (error) {
    faults.push(`it does not start: ${(error as Error).stack}`);
    return cut;
  }
  const client = EventStoreDBClient.connectionString(urlOf(node));
  try {
    const log = await readLog(client);
    faults.push(...faultsOfLog(log, sent, seen), ...faultsOfLinks(log));
    faults.push(...(await faultsOfStreams(client, log, sent)), ...(await consumer.faults(client, log)));
    if (isLastCut) faults.push(...(await faultsOfAllLinks(client)));
    return { sent, seen: log, consumer, disks: [disk] };
  } finally {
    await client.dispose();
    await node.close();
  }
}

const urlOf = ({ address }: RunningNode) => `esdb://${address.host}:${address.port}?tls=false`;

function run(disk: VirtualDisk): Promise<RunningNode> {
  const settings = {
    dataDir: '/disk',
    host: '127.0.0.1',
    port: 0,
    advertisedHost: '127.0.0.1',
    sync: 'always',
    limits: DEFAULT_LIMITS,
    projectionStartDelayMs: 10,
  } as const;
  return runNode(settings, (message, error) => console.error(message, error), disk);
}
