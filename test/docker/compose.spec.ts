import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { parse } from 'yaml';
import { readSettings, SETTINGS, SettingsError } from '#libs/platform/settings';
import { ROOT } from '../harness/index.js';

jest.setTimeout(30_000);

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly volumes?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const APPS = ['command-api', 'query-api', 'projector'] as const;
/** What the images of the stores listen on, and the health path of EventStoreDB. */
const STORE_PORTS: Readonly<Record<string, string>> = { eventstoredb: '2113', mongodb: '27017' };

const compose = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as Compose;
const { services } = compose;
const service = (name: string): Service => {
  const found = services[name];
  if (!found) throw new Error(`docker-compose.yml has no service ${name}.`);
  return found;
};

describe('docker-compose.yml', () => {
  it.each(Object.entries(services))(
    '%s has commands and checks of plain words',
    (_name, { command, healthcheck }) => {
      for (const word of [...(command ?? []), ...(healthcheck?.test ?? [])])
        expect(typeof word).toBe('string');
    },
  );

  it('has the two stores, the init step and the three apps', () =>
    expect(Object.keys(services).sort()).toEqual(
      ['eventstoredb', 'mongodb', 'mongodb-init', ...APPS].sort(),
    ));

  it.each(Object.entries(services))('%s names an image with a tag that stays', (_name, { image }) => {
    expect(image).toMatch(/^[a-z0-9./-]+:[0-9][\w.-]*$/);
  });

  it.each(Object.entries(services))('%s publishes ports on loopback only', (_name, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it('publishes no port twice', () => {
    const published = Object.values(services).flatMap(({ ports = [] }) =>
      ports.map((port) => port.split(':')[1]),
    );
    expect(new Set(published).size).toBe(published.length);
  });

  it.each(Object.entries(services))(
    '%s waits for services that exist and can be waited for',
    (_name, { depends_on }) => {
      for (const [needed, { condition }] of Object.entries(depends_on ?? {})) {
        if (condition === 'service_healthy') expect(service(needed).healthcheck).toBeDefined();
        else expect([needed, condition]).toEqual(['mongodb-init', 'service_completed_successfully']);
      }
    },
  );

  it.each(Object.entries(STORE_PORTS))(
    '%s is the store on its own port, with its data in a volume',
    (name, port) => {
      const { ports = [], volumes = [] } = service(name);
      expect(ports.map((published) => published.split(':')[2])).toEqual([port]);
      expect(Object.keys(compose.volumes)).toContain(volumes[0]?.split(':')[0]);
    },
  );

  it('makes MongoDB a replica set of one, under the name that the apps ask for', () => {
    const { command = [] } = service('mongodb');
    const set = command[command.indexOf('--replSet') + 1];
    expect(set).toBe('rs0');
    expect(JSON.stringify(service('mongodb-init'))).toContain(`_id: '${set}'`);
    for (const app of ['query-api', 'projector'] as const)
      expect(service(app).environment?.['MONGODB_URL']).toContain(`replicaSet=${set}`);
  });
});

describe.each(APPS)('%s in docker-compose.yml', (app) => {
  const { environment = {}, command = [], ports = [], healthcheck, depends_on = {} } = service(app);

  it('sets nothing but declared settings that this app reads', () => {
    const declared = Object.values(SETTINGS).filter(({ apps }) => (apps as readonly string[]).includes(app));
    expect(declared.map(({ env }) => env)).toEqual(expect.arrayContaining(Object.keys(environment)));
    expect(readSettings(environment, app)).toMatchObject({ host: '0.0.0.0' });
  });

  it('would be refused with a setting that does not exist', () =>
    expect(() => readSettings({ ...environment, EVENTSTORE_URI: 'x' }, app)).toThrow(SettingsError));

  it('runs a script that the build makes', () => {
    const script = command.find((part) => part.endsWith('.js'));
    expect(script).toBe(`dist/apps/${app}/src/main.js`);
    expect(existsSync(join(ROOT, String(script)))).toBe(true);
  });

  it('publishes the port that it listens on, and is asked there for its health', () => {
    expect(ports.map((port) => port.split(':')[2])).toEqual([environment['PORT']]);
    expect(healthcheck?.test.join(' ')).toContain(`http://127.0.0.1:${environment['PORT']}/health/ready`);
  });

  it.each([
    [200, 0],
    [503, 1],
  ])('is healthy by its own check only while it is ready: %i ends with %i', async (status, code) => {
    const server = createServer((_request, response) => response.writeHead(status).end());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as { port: number };
    const [, , ...args] = healthcheck?.test.map((word) => word.replace(':3000/', `:${port}/`)) ?? [];
    const [ended] = await once(spawn(process.execPath, args), 'exit');
    server.close();
    expect(ended).toBe(code);
  });

  it('finds each store under the name and port of a service that it waits for', () => {
    for (const name of ['EVENTSTORE_URL', 'MONGODB_URL']) {
      const url = environment[name];
      if (!url) continue;
      const [, host = '', port] = /^\w+:\/\/([^:/]+):(\d+)/.exec(url) ?? [];
      expect(port).toBe(STORE_PORTS[host]);
      expect(Object.keys(depends_on)).toContain(host);
    }
  });
});
