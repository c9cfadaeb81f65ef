import type { RequestListener } from 'node:http';
import { SERVER_VERSION } from './operations/server-features.js';

const PING = { msgTypeId: 1, text: 'Ping request successfully handled' };
const INFO = {
  dbVersion: SERVER_VERSION,
  state: 'leader',
  features: {},
  authentication: { type: 'insecure' },
};

/** The HTTP/1.1 side of the port, for health checks and curious people. */
export const http1: RequestListener = (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://node');
  const json = (status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return void json(405, { error: 'Only GET is served here; clients speak gRPC.' });
  switch (pathname) {
    case '/health/live':
      return void response.writeHead(searchParams.get('liveCode') === '200' ? 200 : 204).end();
    case '/ping':
      return void json(200, PING);
    case '/info':
      return void json(200, INFO);
    default:
      return void json(404, { error: `There is no ${pathname}.` });
  }
};
