import { address, oneOf, setting, text, wholeNumber } from './setting.js';

const ALL_APPS = ['standalone', 'command-api', 'query-api', 'projector', 'ops'] as const;
const HTTP_APPS = ['standalone', 'command-api', 'query-api', 'projector'] as const;
const COMMAND_APPS = ['standalone', 'command-api'] as const;
const MEBIBYTE = 1_048_576;

/** Every setting there is. `docs/reference/settings.md` is made from this table. */
export const SETTINGS = {
  port: setting({
    env: 'PORT',
    type: wholeNumber(0, 65_535),
    default: 3000,
    example: '8080',
    description: 'The port of the HTTP API (the projector: of its health and metrics). 0 takes any free one.',
    apps: HTTP_APPS,
  }),
  host: setting({
    env: 'HOST',
    type: text('an address or a host name to listen on', /^[A-Za-z0-9.:_-]{1,253}$/),
    default: '127.0.0.1',
    example: '0.0.0.0',
    description:
      'Where the HTTP API listens. There is no authentication yet: anything but loopback is open to everyone who reaches it.',
    apps: HTTP_APPS,
  }),
  dataFolder: setting({
    env: 'TIDEMARK_DATA',
    type: text('the path of a folder', /^[^\0]+$/),
    default: './.data',
    example: '/var/lib/tidemark',
    description:
      'The folder of the embedded stores, and of the note that says where a running standalone is.',
    apps: ['standalone', 'ops'],
  }),
  eventStoreUrl: setting({
    env: 'EVENTSTORE_URL',
    type: address(
      'an address such as esdb://localhost:2113?tls=false (esdb:// or esdb+discover://)',
      /^esdb(\+discover)?:\/\/[^\s/?]+\S*$/,
    ),
    default: undefined,
    whenUnset: 'the embedded store',
    example: 'esdb://localhost:2113?tls=false',
    description: 'The EventStoreDB or KurrentDB to use in place of the embedded one.',
    apps: ALL_APPS,
    requiredBy: ['command-api', 'projector'],
  }),
  mongoUrl: setting({
    env: 'MONGODB_URL',
    type: address(
      'an address such as mongodb://localhost:27017/?replicaSet=rs0 (mongodb:// or mongodb+srv://)',
      /^mongodb(\+srv)?:\/\/[^\s/?]+\S*$/,
    ),
    default: undefined,
    whenUnset: 'the embedded store',
    example: 'mongodb://localhost:27017/?replicaSet=rs0',
    description: 'The MongoDB replica set to use in place of the embedded one.',
    apps: ALL_APPS,
    requiredBy: ['query-api', 'projector'],
  }),
  logLevel: setting({
    env: 'LOG_LEVEL',
    type: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    default: 'info',
    example: 'debug',
    description: 'The least urgent log lines that are written. `info` has one line for each HTTP request.',
    apps: ALL_APPS,
  }),
  logFormat: setting({
    env: 'LOG_FORMAT',
    type: oneOf('auto', 'json', 'pretty'),
    default: 'auto',
    example: 'json',
    description: 'How log lines look; `auto` is `pretty` on a terminal and `json` elsewhere.',
    apps: ALL_APPS,
  }),
  readyMaxLagSeconds: setting({
    env: 'READY_MAX_LAG_SECONDS',
    type: wholeNumber(1, 86_400, 'seconds'),
    default: 30,
    example: '5',
    description: 'A projection that is further behind shows as degraded in `GET /health/ready`.',
    apps: ['standalone', 'query-api', 'projector'],
  }),
  bodyLimitBytes: setting({
    env: 'BODY_LIMIT_BYTES',
    type: wholeNumber(1_024, 64 * MEBIBYTE, 'bytes'),
    default: MEBIBYTE,
    example: '2097152',
    description:
      'The largest request body; an order of 2,000 lines fits the default. Larger ones are refused with 413.',
    apps: COMMAND_APPS,
  }),
  commandsInFlight: setting({
    env: 'COMMANDS_IN_FLIGHT',
    type: wholeNumber(1, 10_000),
    default: 256,
    example: '64',
    description: 'How many commands are worked on at the same time; further ones wait.',
    apps: COMMAND_APPS,
  }),
  commandQueue: setting({
    env: 'COMMAND_QUEUE',
    type: wholeNumber(0, 100_000),
    default: 1_024,
    example: '256',
    description: 'How many commands may wait; further ones are refused with 503 and `Retry-After`.',
    apps: COMMAND_APPS,
  }),
  shutdownTimeoutMs: setting({
    env: 'SHUTDOWN_TIMEOUT_MS',
    type: wholeNumber(0, 60_000, 'milliseconds'),
    default: 4_000,
    example: '20000',
    description: 'How long requests in flight may take to end once the app is told to stop.',
    apps: HTTP_APPS,
  }),
  aggregateCacheBytes: setting({
    env: 'AGGREGATE_CACHE_BYTES',
    type: wholeNumber(0, 8_192 * MEBIBYTE, 'bytes'),
    default: 16 * MEBIBYTE,
    example: '67108864',
    description:
      'How much state of aggregates is kept in memory, checked by revision; counted as JSON, which takes about a quarter of what it takes in memory. 0 keeps none.',
    apps: [...COMMAND_APPS, 'ops'],
  }),
  sampleData: setting({
    env: 'TIDEMARK_SAMPLE_DATA',
    type: { ...text('the path of a folder', /^[^\0]+$/), read: (path): string | undefined => path },
    default: undefined,
    whenUnset: 'those specs are skipped',
    example: '/srv/sample-data',
    description: 'The folder with `online-retail.csv.gz`, for the specs that run on real data.',
    apps: ['specs'],
  }),
} as const;

type Table = typeof SETTINGS;
type ValueOf<S> = S extends {
  readonly default: infer D;
  readonly type: { readonly read: (text: string) => infer V };
}
  ? D | Exclude<V, undefined>
  : never;
type UserOf<S> = S extends { readonly apps: readonly (infer A)[] } ? A : never;
type RequirerOf<S> = S extends { readonly requiredBy?: readonly (infer A)[] } ? A : never;

/** The settings of one app, read and checked. */
export type SettingsOf<A extends string> = {
  readonly [K in keyof Table as A extends UserOf<Table[K]> ? K : never]: A extends RequirerOf<Table[K]>
    ? NonNullable<ValueOf<Table[K]>>
    : ValueOf<Table[K]>;
};
