import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';

const AUTOCANNON = createRequire(import.meta.url).resolve('autocannon/autocannon.js');

export interface Load {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly body?: object;
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface AutocannonReport {
  readonly requests: { readonly average: number };
  readonly latency: { readonly p50: number; readonly p99: number };
  readonly errors: number;
  readonly timeouts: number;
  readonly non2xx: number;
}

/** autocannon in a process of its own. @throws when a single request failed: a figure over failures means nothing. */
export async function underLoad({
  url,
  method = 'GET',
  body,
  connections,
  seconds,
}: Load): Promise<LoadResult> {
  const withBody = body ? ['-H', 'content-type=application/json', '-b', JSON.stringify(body)] : [];
  const args = ['-j', '-c', String(connections), '-d', String(seconds), '-m', method, ...withBody, url];
  const child = spawn(process.execPath, [AUTOCANNON, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  await once(child, 'close');
  if (!out.trim()) throw new Error(`autocannon said nothing: ${err}`);
  const report = JSON.parse(out) as AutocannonReport;
  if (report.errors + report.timeouts + report.non2xx > 0)
    throw new Error(
      `${url}: ${report.errors} errors, ${report.timeouts} timeouts, ${report.non2xx} answers not 2xx`,
    );
  return {
    requestsPerSecond: report.requests.average,
    p50Ms: report.latency.p50,
    p99Ms: report.latency.p99,
  };
}
