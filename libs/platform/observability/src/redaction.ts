import type { ContextDefinition } from '#libs/platform/kernel';

/** Where an event's data, or an event, is found in a logged object. */
const PLACES = ['', 'data.', 'event.', 'event.data.', '*.data.', 'command.'];

/**
 * The log paths that hold personal data, from what the contexts declare beside their event types
 * (`address.name`, `lines.*.engraving`): in an object logged as it is, and where events and commands are logged.
 */
export function redactionPaths(contexts: readonly ContextDefinition[]): string[] {
  const paths = new Set<string>();
  for (const { categories } of contexts)
    for (const eventTypes of Object.values(categories))
      for (const { personal = [] } of Object.values(eventTypes))
        for (const path of personal) for (const place of PLACES) paths.add(bracketed(`${place}${path}`));
  return [...paths];
}

/** pino takes `a[*].b` for any element; a name that is no identifier needs brackets. */
function bracketed(path: string): string {
  return path
    .split('.')
    .map((part, index) => {
      if (part === '*') return index === 0 ? '*' : '[*]';
      return /^[A-Za-z_$][\w$]*$/.test(part) ? `${index === 0 ? '' : '.'}${part}` : `["${part}"]`;
    })
    .join('');
}
