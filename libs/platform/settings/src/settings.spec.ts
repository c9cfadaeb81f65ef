import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readSettings, SettingsError } from './read-settings.js';
import type { App, Setting } from './setting.js';
import { SETTINGS } from './settings.js';
import { settingsPage } from './settings-page.js';

const settings: Setting<unknown>[] = Object.values(SETTINGS);
const ESDB = 'esdb://localhost:2113?tls=false';
const faultsOf = (env: Record<string, string>, app: App = 'standalone'): readonly string[] => {
  try {
    readSettings(env, app);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
};

describe('readSettings', () => {
  it('has a default for everything that standalone needs', () =>
    expect(readSettings({}, 'standalone')).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      dataFolder: './.data',
      eventStoreUrl: undefined,
      mongoUrl: undefined,
      logLevel: 'info',
      logFormat: 'auto',
      readyMaxLagSeconds: 30,
    }));

  it('reads what is set, and takes an empty variable for one that is not', () =>
    expect(
      readSettings({ PORT: '0', HOST: '::1', LOG_LEVEL: '', EVENTSTORE_URL: ESDB }, 'command-api'),
    ).toMatchObject({
      port: 0,
      host: '::1',
      logLevel: 'info',
      eventStoreUrl: ESDB,
    }));

  it('gives an app its own settings only', () =>
    expect(readSettings({ EVENTSTORE_URL: ESDB, BODY_LIMIT_BYTES: 'unused' }, 'ops')).not.toHaveProperty(
      'bodyLimitBytes',
    ));

  it.each<[Record<string, string>, App, string]>([
    [{ PORT: '70000' }, 'standalone', 'PORT must be a whole number from 0 to 65535; it is "70000".'],
    [{ PORT: '3000x' }, 'standalone', 'PORT must be a whole number from 0 to 65535; it is "3000x".'],
    [{ PORT: '-1' }, 'standalone', 'PORT must be a whole number from 0 to 65535; it is "-1".'],
    [{ HOST: 'a b' }, 'standalone', 'HOST must be an address or a host name to listen on; it is "a b".'],
    [
      { LOG_LEVEL: 'INFO' },
      'standalone',
      'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent; it is "INFO".',
    ],
    [{ LOG_FORMAT: 'xml' }, 'standalone', 'LOG_FORMAT must be one of auto, json, pretty; it is "xml".'],
    [
      { READY_MAX_LAG_SECONDS: '0' },
      'standalone',
      'READY_MAX_LAG_SECONDS must be a whole number of seconds from 1 to 86400; it is "0".',
    ],
    [
      {},
      'command-api',
      `EVENTSTORE_URL is not set; command-api needs an address such as ${ESDB} (esdb:// or esdb+discover://).`,
    ],
    [{ TIDEMARK_DATE: 'x' }, 'standalone', 'There is no setting TIDEMARK_DATE; did you mean TIDEMARK_DATA?'],
    [
      { READY_MAX_LAG: '3' },
      'standalone',
      'There is no setting READY_MAX_LAG; did you mean READY_MAX_LAG_SECONDS?',
    ],
    [{ MONGODB_URI: 'x' }, 'standalone', 'There is no setting MONGODB_URI; did you mean MONGODB_URL?'],
    [{ EVENTSTORE_CLUSTER_SIZE: '3' }, 'standalone', 'There is no setting EVENTSTORE_CLUSTER_SIZE.'],
  ])('says what is wrong with %j for %s', (env, app, sentence) =>
    expect(faultsOf(env, app)).toEqual([sentence]),
  );

  it('never shows an address: it may hold a password', () => {
    const faults = faultsOf({ MONGODB_URL: 'http://root:secret@db', EVENTSTORE_URL: 'esdb:/x:secret@db' });
    expect(faults).toHaveLength(2);
    expect(faults.join()).not.toContain('secret');
  });

  it('tells all faults at once', () =>
    expect(faultsOf({ PORT: 'x', TIDEMARK_X: '1' }, 'query-api')).toHaveLength(3));

  it('leaves alone what Kubernetes adds for a service that is called mongodb', () =>
    expect(
      faultsOf({
        MONGODB_PORT: 'tcp://10.0.0.1:27017',
        MONGODB_PORT_27017_TCP_ADDR: '10.0.0.1',
        MONGODB_SERVICE_HOST: '10.0.0.1',
        EVENTSTORE_SERVICE_PORT_HTTP: '2113',
      }),
    ).toEqual([]));
});

describe('the table', () => {
  it.each(settings.map((setting) => [setting.env, setting] as const))(
    '%s takes its own example and default',
    (_name, setting) => {
      expect(setting.type.read(setting.example)).toBeDefined();
      if (setting.default !== undefined)
        expect(setting.type.read(String(setting.default))).toBe(setting.default);
      expect(setting.apps).toEqual(expect.arrayContaining([...(setting.requiredBy ?? [])]));
    },
  );

  it('names every setting once', () =>
    expect(new Set(settings.map(({ env }) => env)).size).toBe(settings.length));

  it('is what docs/reference/settings.md says', () =>
    expect(readFileSync('docs/reference/settings.md', 'utf8')).toBe(settingsPage()));
});
