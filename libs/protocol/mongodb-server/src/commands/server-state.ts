import type { RetryableWrites } from '../sessions/retryable-writes.js';
import type { ScramUser } from '../sessions/scram.js';
import type { Sessions } from '../sessions/sessions.js';
import type { Engine } from '../storage/engine.js';
import type { Cursors } from './cursors.js';
import type { FailPoints } from './fail-points.js';
import type { Operations } from './operations.js';

/** What all commands share. */
export interface ServerState {
  readonly engine: Engine;
  readonly sessions: Sessions;
  readonly retries: RetryableWrites;
  readonly cursors: Cursors;
  readonly operations: Operations;
  /** Who may log in; nobody has to when it is undefined. */
  readonly user: ScramUser | undefined;
  readonly failPoints: FailPoints | undefined;
  readonly startedAt: Date;
  /** 12 bytes that name this run of the server in hello. */
  readonly processId: Buffer;
  readonly replicaSet: string;
  address: { host: string; port: number };
}
