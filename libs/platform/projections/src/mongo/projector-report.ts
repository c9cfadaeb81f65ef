import type { MongoClient } from 'mongodb';
import type { ProjectionState } from '../projector-status.js';

/** What the projector says of one projection. */
export interface ReportedProjection {
  readonly name: string;
  readonly state: ProjectionState;
  readonly lagSeconds: number;
}

export interface ProjectorReport {
  /** The server's time of the report. */
  readonly at: Date;
  readonly projections: readonly ReportedProjection[];
}

type ReportDocument = ProjectorReport & { readonly _id: 'projector' };

const reports = (client: MongoClient) =>
  client.db('tidemark_platform').collection<ReportDocument>('projectors');

/** Leaves word for those who only read: they have no log to measure a lag against. */
export async function writeReport(
  client: MongoClient,
  projections: readonly ReportedProjection[],
): Promise<void> {
  await reports(client).updateOne(
    { _id: 'projector' },
    { $set: { projections: [...projections] }, $currentDate: { at: true } },
    { upsert: true },
  );
}

/** The last report; none where no projector has run yet. */
export async function readReport(client: MongoClient): Promise<ProjectorReport | undefined> {
  return (await reports(client).findOne({ _id: 'projector' })) ?? undefined;
}
