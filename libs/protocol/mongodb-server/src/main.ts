import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { DataFolderError } from '#libs/protocol/data-folder';
import { BackupError, backup, restore, verify } from './backup.js';
import { MongoDbStartError } from './start-error.js';
import { startMongoDb } from './start-mongo-db.js';

interface CommandLine {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly sync: 'always' | 'none';
  readonly user?: string;
  readonly failPoints?: true;
  readonly insecureListenOnNetwork?: true;
}

/** Bad use, or something in the way that the user can do something about. */
const EXIT_REFUSED = 2;
/** `verify` found something, or `restore` did in the backup. */
const EXIT_FINDINGS = 1;
/** Not an option: the command lines of programs are seen by all users of a machine. */
const PASSWORD_VARIABLE = 'MONGODB_PASSWORD';
const DEFAULT_DATA = './.data/mongodb';

const program = new Command()
  .name('npm run mongodb --')
  .description(
    'A small MongoDB server: one replica-set member that speaks the wire protocol and keeps its data in one folder.',
  )
  .option('--data <folder>', 'where the data is kept; created when missing', DEFAULT_DATA)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--port <number>', 'port to listen on, 0 for a free one', portNumber, 27017)
  .option('--sync <mode>', 'always: acknowledged means on disk; none: faster, for tests', syncMode, 'always')
  .option('--user <name>', `clients log in as this user; the password comes from ${PASSWORD_VARIABLE}`)
  .option('--fail-points', 'let clients ask for failures (configureFailPoint), for tests')
  .option(
    '--insecure-listen-on-network',
    'listen on other addresses than loopback without a user, open to everybody who reaches them',
  )
  .enablePositionalOptions()
  .showHelpAfterError('(--help shows the options)')
  .exitOverride()
  .addHelpText(
    'after',
    `
Examples:
  npm run mongodb -- --data ./my-data                 on port 27017
  npm run mongodb -- --data ./my-data --port 27018
  mongosh mongodb://127.0.0.1:27017                   any driver or tool connects
  npm run mongodb -- backup --data ./my-data --to ./copy
  npm run mongodb -- verify --data ./copy
  npm run mongodb -- restore --from ./copy --data ./other-data

Ctrl-C or SIGTERM stops it; everything acknowledged is in the folder.`,
  );

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
  return port;
}

function syncMode(text: string): 'always' | 'none' {
  if (text !== 'always' && text !== 'none') throw new InvalidArgumentError('It must be always or none.');
  return text;
}

program.action(serve);
program
  .command('backup')
  .description('Copies the data of one moment, also while the server runs; the copy is a data folder.')
  .option('--data <folder>', 'the data to copy', DEFAULT_DATA)
  .requiredOption('--to <folder>', 'the copy; nothing may be there yet')
  .action(async ({ data, to }: { data: string; to: string }) => {
    await backup(data, to);
    console.log(`${data} is copied to ${to}.`);
  });
program
  .command('restore')
  .description('Makes a data folder from a backup, after verifying the backup.')
  .requiredOption('--from <folder>', 'the backup')
  .option('--data <folder>', 'the new data folder; nothing may be there yet', DEFAULT_DATA)
  .action(async ({ from, data }: { from: string; data: string }) => {
    const findings = await restore(from, data);
    if (findings.length === 0) console.log(`${data} is restored from ${from}.`);
    else tell(from, findings);
  });
program
  .command('verify')
  .description(
    'Compares documents with indexes, counts and catalog, also while the server runs; exit code 1 on findings.',
  )
  .option('--data <folder>', 'the data to look at', DEFAULT_DATA)
  .action(async ({ data }: { data: string }) => {
    const findings = await verify(data);
    if (findings.length === 0) console.log(`${data} holds together.`);
    else tell(data, findings);
  });

function tell(folder: string, findings: readonly string[]): void {
  console.error(`${folder} does not hold together:`);
  for (const finding of findings) console.error(`  ${finding}`);
  process.exitCode = EXIT_FINDINGS;
}

async function serve(options: CommandLine): Promise<void> {
  const { data, host, port, sync, user, failPoints, insecureListenOnNetwork } = options;
  const server = await startMongoDb({
    dataDir: data,
    host,
    port,
    sync,
    failPoints: failPoints ?? false,
    ...(user !== undefined && { user: { name: user, password: process.env[PASSWORD_VARIABLE] ?? '' } }),
    insecureListenOnNetwork: insecureListenOnNetwork ?? false,
  });
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    clearInterval(alive);
    await server.close();
  };
  // The server's thread keeps no handle of this one open.
  const alive = setInterval(() => undefined, 60_000);
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());
  console.log(`MongoDB server on ${server.url}, data in ${data}`);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT_REFUSED;
  else if (
    error instanceof MongoDbStartError ||
    error instanceof DataFolderError ||
    error instanceof BackupError
  ) {
    console.error(error.message);
    process.exitCode = EXIT_REFUSED;
  } else throw error;
}
