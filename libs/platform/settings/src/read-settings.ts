import { nearestName } from './nearest-name.js';
import type { App, Setting } from './setting.js';
import { SETTINGS, type SettingsOf } from './settings.js';

/** The settings are not right: one sentence a fault, all of them at once. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

/**
 * The settings of one app from its environment. An empty variable counts as not set.
 * @throws SettingsError a bad value, a missing one, or a name that starts like ours and is none.
 */
export function readSettings<A extends App>(
  env: Readonly<Record<string, string | undefined>>,
  app: A,
): SettingsOf<A> {
  const faults = unknownNames(env);
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(SETTINGS) as [string, Setting<unknown>][]) {
    if (!setting.apps.includes(app)) continue;
    const text = env[setting.env];
    if (text === undefined || text === '') {
      if (setting.requiredBy?.includes(app))
        faults.push(`${setting.env} is not set; ${app} needs ${setting.type.expected}.`);
      values[key] = setting.default;
      continue;
    }
    values[key] = setting.type.read(text);
    if (values[key] === undefined) faults.push(badValue(setting, text));
  }
  if (faults.length > 0) throw new SettingsError(faults);
  return values as SettingsOf<A>;
}

function badValue({ env, type }: Setting<unknown>, value: string): string {
  const given = type.secret ? '' : ` it is ${JSON.stringify(value)}.`;
  return `${env} must be ${type.expected}${given === '' ? '.' : `;${given}`}`;
}

const OUR_NAMES = /^(?:TIDEMARK|EVENTSTORE|MONGODB|READY)_/;
/** Kubernetes and Docker links add variables for a service that is called `mongodb` or `eventstore`. */
const SERVICE_LINK = /_SERVICE_(?:HOST|PORT)(?:_|$)|_PORT_\d+_(?:TCP|UDP)(?:_|$)/;
const LINK_ADDRESS = /^(?:tcp|udp):\/\//;

function unknownNames(env: Readonly<Record<string, string | undefined>>): string[] {
  const known: string[] = Object.values(SETTINGS).map((setting) => setting.env);
  return Object.entries(env)
    .filter(([name, value]) => OUR_NAMES.test(name) && !known.includes(name) && !isServiceLink(name, value))
    .map(([name]) => {
      const meant = nearestName(name, known);
      return `There is no setting ${name}${meant ? `; did you mean ${meant}?` : '.'}`;
    });
}

const isServiceLink = (name: string, value = ''): boolean =>
  SERVICE_LINK.test(name) || (name.endsWith('_PORT') && LINK_ADDRESS.test(value));
