import type { INestApplicationContext } from '@nestjs/common';
import type { ReadinessAnswer, ReadinessCheck } from '#libs/platform/http';
import { MongoReadModels, type ProjectionStatus, ProjectorStatus } from '#libs/platform/projections';

/** Where the projector runs: degraded while a projection is stopped, or more than `maxLagSeconds` behind. */
export function projectionsCheck(app: INestApplicationContext, maxLagSeconds: number): ReadinessCheck {
  const status = app.get(ProjectorStatus);
  const check = async () =>
    answerOf(status.list().flatMap((projection) => complaint(projection, maxLagSeconds)));
  return { name: 'projections', required: false, check };
}

/** Where read models are only read: degraded while a projection is stopped, as the projector left word in MongoDB. */
export function readModelsCheck(app: INestApplicationContext): ReadinessCheck {
  const readModels = app.get(MongoReadModels);
  return {
    name: 'projections',
    required: false,
    async check() {
      const standings = [...(await readModels.standings())];
      return answerOf(
        standings.flatMap(([id, { stopped }]) => (stopped ? [stopSentence(id, stopped.message)] : [])),
      );
    },
  };
}

const answerOf = (complaints: readonly string[]): ReadinessAnswer =>
  complaints.length === 0 ? { status: 'up' } : { status: 'degraded', reason: complaints.join(' ') };

function complaint({ name, state, lagSeconds, reason }: ProjectionStatus, maxLagSeconds: number): string[] {
  if (state === 'stopped') return [stopSentence(name, reason ?? 'no reason is known.')];
  if (lagSeconds <= maxLagSeconds) return [];
  return [`${name} is ${Math.round(lagSeconds)} s behind (${reason ?? state}).`];
}

const stopSentence = (name: string, reason: string): string => `${name} is stopped: ${reason}`;
