import { Command, InvalidArgumentError } from 'commander';
import { DataFolderError } from '#libs/protocol/data-folder';
import { MongoDbStartError } from './start-error.js';
import { type MongoDb, startMongoDb } from './start-mongo-db.js';

interface CommandLine {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly sync: 'always' | 'none';
  readonly failPoints?: true;
  readonly insecureListenOnNetwork?: true;
}

/** Bad use, or something in the way that the user can do something about. */
const EXIT_REFUSED = 2;

const program = new Command()
  .name('npm run mongodb --')
  .description(
    'A small MongoDB server: one replica-set member that speaks the wire protocol and keeps its data in one folder.',
  )
  .option('--data <folder>', 'where the data is kept; created when missing', './.data/mongodb')
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--port <number>', 'port to listen on, 0 for a free one', portNumber, 27017)
  .option('--sync <mode>', 'always: acknowledged means on disk; none: faster, for tests', syncMode, 'always')
  .option('--fail-points', 'let clients ask for failures (configureFailPoint), for tests')
  .option(
    '--insecure-listen-on-network',
    'listen on other addresses than loopback, open to everybody who reaches them',
  )
  .showHelpAfterError('(--help shows the options)')
  .exitOverride()
  .addHelpText(
    'after',
    `
Examples:
  npm run mongodb -- --data ./my-data                 on port 27017
  npm run mongodb -- --data ./my-data --port 27018
  mongosh mongodb://127.0.0.1:27017                   any driver or tool connects

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

function startOptions(): CommandLine | undefined {
  try {
    return program.parse().opts<CommandLine>();
  } catch (error) {
    const code = (error as { code?: string }).code;
    process.exitCode = code === 'commander.helpDisplayed' || code === 'commander.version' ? 0 : EXIT_REFUSED;
    return undefined;
  }
}

async function start(options: CommandLine): Promise<MongoDb | undefined> {
  const { data, host, port, sync, failPoints, insecureListenOnNetwork } = options;
  try {
    return await startMongoDb({
      dataDir: data,
      host,
      port,
      sync,
      failPoints: failPoints ?? false,
      insecureListenOnNetwork: insecureListenOnNetwork ?? false,
    });
  } catch (error) {
    if (!(error instanceof MongoDbStartError) && !(error instanceof DataFolderError)) throw error;
    console.error(error.message);
    process.exitCode = EXIT_REFUSED;
    return undefined;
  }
}

const options = startOptions();
const server = options && (await start(options));
if (server) {
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
  console.log(`MongoDB server on ${server.url}, data in ${options.data}`);
}
