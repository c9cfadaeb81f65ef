import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { DataFolderError } from '#libs/protocol/data-folder';
import { backup, restore } from './backup.js';
import { EventStoreDbOptionError, startEventStoreDb } from './start-event-store-db.js';
import type { SyncMode } from './storage/index.js';
import { type Verified, verify } from './verify.js';

const BAD_USE = 2;
const CRASHED = 1;
/** `verify` found something, or `restore` did in the backup. */
const FINDINGS = 1;
const DEFAULT_DATA = './.data/eventstoredb';

interface CommandLine {
  readonly data: string;
  readonly port: number;
  readonly host: string;
  readonly advertise?: string;
  readonly insecureListenOnNetwork: boolean;
  readonly sync: SyncMode;
}

const command = new Command('npm run eventstoredb --')
  .description('Runs one EventStoreDB node that keeps its log in a folder.')
  .option('--data <folder>', 'where the log is kept; created when missing', DEFAULT_DATA)
  .option('--port <number>', 'port for clients and health checks; 0 takes a free one', portNumber, 2113)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--advertise <address>', 'address that gossip tells clients to connect to')
  .option(
    '--insecure-listen-on-network',
    'allow a --host outside this machine: there is no TLS and no login, so whoever reaches it owns the data',
    false,
  )
  .addOption(
    new Option('--sync <mode>', 'when an append is answered: once the disk has it, or the operating system')
      .choices(['always', 'none'])
      .default('always'),
  )
  .addHelpText(
    'after',
    `
Examples:
  npm run eventstoredb -- --data ./my-log --port 2113
  npm run eventstoredb -- --data ./my-log --port 0
  npm run eventstoredb -- --host 0.0.0.0 --insecure-listen-on-network --advertise 192.0.2.7
  npm run eventstoredb -- backup --data ./my-log --to ./copy
  npm run eventstoredb -- verify --data ./copy
  npm run eventstoredb -- restore --from ./copy --data ./other-log

Clients connect to esdb://127.0.0.1:2113?tls=false; curl http://127.0.0.1:2113/health/live answers 204.
Ctrl-C stops it; nothing acknowledged is lost, also by kill -9.`,
  )
  .enablePositionalOptions()
  .exitOverride()
  .action(run);

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
  return port;
}

command
  .command('backup')
  .description('Copies the log, also while a node runs on it; the copy is a data folder.')
  .option('--data <folder>', 'the log to copy', DEFAULT_DATA)
  .requiredOption('--to <folder>', 'the copy; nothing may be there yet')
  .action(async ({ data, to }: { data: string; to: string }) => {
    await backup(data, to);
    console.log(`${data} is copied to ${to}.`);
  });
command
  .command('restore')
  .description('Makes a data folder from a backup, after verifying the backup.')
  .requiredOption('--from <folder>', 'the backup')
  .option('--data <folder>', 'the new data folder; nothing may be there yet', DEFAULT_DATA)
  .action(async ({ from, data }: { from: string; data: string }) => {
    const verified = await restore(from, data);
    if (tellFindings(from, verified)) return;
    console.log(`${data} is restored from ${from}: ${said(verified)}.`);
  });
command
  .command('verify')
  .description(
    'Reads the whole log against its checksums and its index, also while a node runs on it; exit code 1 on findings.',
  )
  .option('--data <folder>', 'the log to look at', DEFAULT_DATA)
  .action(async ({ data }: { data: string }) => {
    const verified = await verify(data);
    if (!tellFindings(data, verified)) console.log(`${data} holds together: ${said(verified)}.`);
  });

const said = ({ events, streams }: Verified) => `${events} events in ${streams} streams`;

function tellFindings(folder: string, { findings }: Verified): boolean {
  if (findings.length === 0) return false;
  console.error(`${folder} does not hold together:`);
  for (const finding of findings) console.error(`  ${finding}`);
  process.exitCode = FINDINGS;
  return true;
}

async function run({ data, advertise, ...options }: CommandLine): Promise<void> {
  const node = await startEventStoreDb({
    dataDir: data,
    ...options,
    ...(advertise !== undefined && { advertisedHost: advertise }),
  });
  console.log(`EventStoreDB node on ${node.url}, log in ${data}`);
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      console.log('Stopping.');
      void node.close();
    });
  await node.closed;
}

/** One sentence for whoever started it; a stack trace only for what is a defect of the node. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_USE; // it has spoken already
  const { code } = error as NodeJS.ErrnoException;
  const { port, host } = command.opts<CommandLine>();
  if (error instanceof DataFolderError || error instanceof EventStoreDbOptionError)
    console.error(error.message);
  else if (code === 'EADDRINUSE') console.error(`Port ${port} of ${host} is taken by another process.`);
  else if (code === 'EACCES') console.error(`Port ${port} of ${host} may not be used by this user.`);
  else if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    console.error(`${host} is not an address of this machine.`);
  else if ((error as Error).name === 'LogDamagedError') console.error((error as Error).message);
  else {
    console.error(error);
    return CRASHED;
  }
  return BAD_USE;
}

try {
  await command.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}
