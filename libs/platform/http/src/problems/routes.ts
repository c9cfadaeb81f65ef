import type { FastifyInstance } from 'fastify';

/** Notes every route that is added to the server from now on; gives the methods that answer at a path. */
export function rememberRoutes(server: FastifyInstance): (path: string) => readonly string[] {
  const methods = new Map<string, Set<string>>();
  server.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set();
    for (const one of [method].flat()) known.add(one);
    methods.set(url, known);
  });
  return (path) =>
    [...methods]
      .filter(([pattern]) => matches(pattern, path))
      .flatMap(([, known]) => [...known])
      .sort();
}

/** `/orders/:id/lines` against a path, segment by segment; routes with a wildcard answer for themselves. */
function matches(pattern: string, path: string): boolean {
  if (pattern.includes('*')) return false;
  const expected = pattern.split('/');
  const given = path.split('/');
  return (
    expected.length === given.length &&
    expected.every((segment, index) =>
      segment.startsWith(':') ? given[index] !== '' : segment === given[index],
    )
  );
}
