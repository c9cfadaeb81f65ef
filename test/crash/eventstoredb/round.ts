import type { RoundOutcome } from '../standalone-round.js';
import { killRound } from './kill-round.js';
import { powerRound } from './power-round.js';

/** Kills real nodes, then cuts the power of others. */
export async function eventStoreDbRound(seed: number): Promise<RoundOutcome> {
  const killed = await killRound(seed);
  const powerless = await powerRound(seed);
  return {
    acknowledged: killed.acknowledged + powerless.acknowledged,
    unknown: killed.unknown + powerless.unknown,
    kills: killed.kills + powerless.kills,
    faults: [
      ...killed.faults.map((each) => `kill -9: ${each}`),
      ...powerless.faults.map((each) => `power: ${each}`),
    ],
  };
}
