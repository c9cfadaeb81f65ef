import { type Checkpoint, NOTHING_HANDLED, type StopReason } from '../checkpoint.js';

/** The collection of a context's database that says how far its projections are. */
export const CHECKPOINTS = 'checkpoints';

/** `_id` is `<name>@<version>`. Positions are 64-bit integers: read with `useBigInt64`. */
export interface CheckpointDocument {
  readonly _id: string;
  readonly position: bigint;
  readonly events: number | bigint;
  /** The server's time of the last commit. */
  readonly updatedAt?: Date;
  readonly stopped?: StoppedDocument;
}

type StoppedDocument = { readonly [Name in keyof StopReason]: StopReason[Name] };

export function checkpointOf({ position, events, stopped }: CheckpointDocument): Checkpoint {
  return {
    position: BigInt(position ?? NOTHING_HANDLED),
    events: Number(events),
    ...(stopped && { stopped: { ...stopped } }),
  };
}

/** The driver writes bigints as 64-bit integers. */
export const stoppedDocument = (stopped: StopReason): StoppedDocument => ({ ...stopped });
