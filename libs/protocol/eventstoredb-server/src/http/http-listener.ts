import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { HttpAnswer, HttpRoute } from './http-routes.js';

/** The HTTP/1.1 side of the port: GET and HEAD of a few paths, all errors as JSON. */
export function httpListener(routes: ReadonlyMap<string, HttpRoute>): RequestListener {
  return (request, response) => {
    request.resume(); // a body is nobody's business, but must not hold the connection
    void answer(routes, request)
      .catch((error: unknown) => problem(500, error instanceof Error ? error.message : String(error)))
      .then((answered) => send(request, response, answered));
  };
}

async function answer(routes: ReadonlyMap<string, HttpRoute>, request: IncomingMessage): Promise<HttpAnswer> {
  const url = URL.canParse(request.url ?? '', 'http://node')
    ? new URL(request.url ?? '', 'http://node')
    : undefined;
  const route = url && routes.get(url.pathname);
  if (url === undefined || route === undefined)
    return problem(404, `There is no ${url?.pathname ?? 'such path'}.`);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return problem(405, 'Only GET is served here; clients speak gRPC.');
  return route(url.searchParams);
}

const problem = (status: number, error: string): HttpAnswer => ({ status, body: { error } });

function send(request: IncomingMessage, response: ServerResponse, { status, body, contentType }: HttpAnswer) {
  const text = body === undefined || typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'cache-control': 'no-store',
    ...(text !== undefined && {
      'content-type': contentType ?? 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    }),
    ...(status === 405 && { allow: 'GET, HEAD' }),
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}
