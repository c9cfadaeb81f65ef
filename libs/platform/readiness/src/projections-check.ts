import type { INestApplicationContext } from '@nestjs/common';
import type { ReadinessAnswer, ReadinessCheck } from '#libs/platform/http';
import {
  MongoReadModels,
  type ProjectionStatus,
  type ProjectorReport,
  ProjectorStatus,
} from '#libs/platform/projections';

/** Where the projector runs: degraded while a projection is stopped, or more than `maxLagSeconds` behind. */
export function projectionsCheck(app: INestApplicationContext, maxLagSeconds: number): ReadinessCheck {
  const status = app.get(ProjectorStatus);
  const check = async () =>
    answerOf(status.list().flatMap((projection) => complaint(projection, maxLagSeconds)));
  return { name: 'projections', required: false, check };
}

/**
 * Where read models are only read: as the projector left word in MongoDB, degraded while a projection is stopped or
 * more than `maxLagSeconds` behind, or while the projector itself has not reported for so long.
 */
export function readModelsCheck(app: INestApplicationContext, maxLagSeconds: number): ReadinessCheck {
  const readModels = app.get(MongoReadModels);
  return {
    name: 'projections',
    required: false,
    async check() {
      const [standings, report] = await Promise.all([readModels.standings(), readModels.lastReport()]);
      const stopped = [...standings].flatMap(([id, standing]) =>
        standing.stopped ? [stopSentence(id, standing.stopped.message)] : [],
      );
      return answerOf([...stopped, ...reportComplaints(report, maxLagSeconds)]);
    },
  };
}

function reportComplaints(report: ProjectorReport | undefined, maxLagSeconds: number): string[] {
  if (!report) return ['No projector has run yet.'];
  const ageSeconds = (Date.now() - report.at.getTime()) / 1_000;
  if (ageSeconds > maxLagSeconds) return [`The projector has not reported for ${Math.round(ageSeconds)} s.`];
  return report.projections.flatMap(({ name, state, lagSeconds }) =>
    state !== 'stopped' && lagSeconds + ageSeconds > maxLagSeconds && lagSeconds > 0
      ? [`${name} is ${Math.round(lagSeconds + ageSeconds)} s behind (${state}).`]
      : [],
  );
}

const answerOf = (complaints: readonly string[]): ReadinessAnswer =>
  complaints.length === 0 ? { status: 'up' } : { status: 'degraded', reason: complaints.join(' ') };

function complaint({ name, state, lagSeconds, reason }: ProjectionStatus, maxLagSeconds: number): string[] {
  if (state === 'stopped') return [stopSentence(name, reason ?? 'no reason is known.')];
  if (lagSeconds <= maxLagSeconds) return [];
  return [`${name} is ${Math.round(lagSeconds)} s behind (${reason ?? state}).`];
}

const stopSentence = (name: string, reason: string): string => `${name} is stopped: ${reason}`;
