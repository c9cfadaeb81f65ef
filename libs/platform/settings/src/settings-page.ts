import type { Setting } from './setting.js';
import { SETTINGS } from './settings.js';

/** The text of `docs/reference/settings.md`. */
export function settingsPage(): string {
  const settings: Setting<unknown>[] = Object.values(SETTINGS);
  return [
    '# Settings',
    '',
    'Every setting is an environment variable; a variable that is empty counts as not set. A value that is not valid,',
    'and a name that starts with `TIDEMARK_`, `EVENTSTORE_`, `MONGODB_` or `READY_` and is not listed here, stop the',
    'start with one sentence and exit code 2.',
    '',
    '| Name | Default | Used by |',
    '| --- | --- | --- |',
    ...settings.map(
      (one) => `| [\`${one.env}\`](#${one.env.toLowerCase()}) | ${defaultOf(one)} | ${one.apps.join(', ')} |`,
    ),
    '',
    ...settings.flatMap(section),
    '_Made from `libs/platform/settings/src/settings.ts` by `node tools/reference-docs.mjs`; a spec holds it to that._',
    '',
  ].join('\n');
}

function section(one: Setting<unknown>): string[] {
  return [
    `## ${one.env}`,
    '',
    one.description,
    '',
    `- It is ${one.type.expected}.`,
    `- Default: ${defaultOf(one)}. Example: \`${one.env}='${one.example}'\`.`,
    ...(one.requiredBy?.length ? [`- Needed by ${one.requiredBy.join(' and ')}.`] : []),
    '',
  ];
}

const defaultOf = ({ default: value, whenUnset }: Setting<unknown>): string =>
  value === undefined ? (whenUnset ?? 'none') : `\`${value}\``;
