import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ServerFeaturesClient } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { credentials } from '@grpc/grpc-js';
import { p50 } from './genuine-client.js';

export interface Repeated {
  readonly times: number;
}

/** Median time of one append of 4 KiB to a file and its fsync. */
export function appendAndFsyncP50Ms({ folder, times }: Repeated & { readonly folder: string }): number {
  const path = join(folder, 'fsync-probe');
  const file = openSync(path, 'w');
  const block = Buffer.alloc(4_096, 1);
  const tookMs: number[] = [];
  try {
    for (let time = 0; time < times; time++) {
      const startedAt = performance.now();
      writeSync(file, block);
      fsyncSync(file);
      tookMs.push(performance.now() - startedAt);
    }
  } finally {
    closeSync(file);
    rmSync(path);
  }
  return p50(tookMs);
}

/** Median time of the smallest call there is, by grpc-js. */
export async function supportedMethodsP50Ms({
  url,
  times,
}: Repeated & { readonly url: string }): Promise<number> {
  const address = new URL(url.replace(/^esdb:/, 'http:')).host;
  const client = new ServerFeaturesClient(address, credentials.createInsecure());
  const call = () =>
    new Promise<void>((resolve, reject) => {
      client.getSupportedMethods(new shared.Empty(), (error) => (error ? reject(error) : resolve()));
    });
  const tookMs: number[] = [];
  try {
    for (let time = -times; time < times; time++) {
      const startedAt = performance.now();
      await call();
      if (time >= 0) tookMs.push(performance.now() - startedAt);
    }
  } finally {
    client.close();
  }
  return p50(tookMs);
}
