import { decode, projections, shared } from '../generated-codecs.js';
import { type GrpcCall, GrpcError, GrpcStatus } from '../grpc/index.js';
import type { NodeContext } from '../node-context.js';
import type { ManagedProjection, ProjectionStatistics } from '../system-projections/index.js';

export async function enableProjection(call: GrpcCall, node: NodeContext): Promise<void> {
  const name = decode(projections.EnableReq, await call.receiveOne())
    .getOptions()
    ?.getName();
  await named(node, name).enable();
  call.write(new projections.EnableResp().serializeBinary());
}

export async function disableProjection(call: GrpcCall, node: NodeContext): Promise<void> {
  const options = decode(projections.DisableReq, await call.receiveOne()).getOptions();
  await named(node, options?.getName()).disable(options?.getWriteCheckpoint() ? 'disable' : 'abort');
  call.write(new projections.DisableResp().serializeBinary());
}

export async function resetProjection(call: GrpcCall, node: NodeContext): Promise<void> {
  const name = decode(projections.ResetReq, await call.receiveOne())
    .getOptions()
    ?.getName();
  await named(node, name).reset();
  call.write(new projections.ResetResp().serializeBinary());
}

export async function restartProjections(call: GrpcCall, node: NodeContext): Promise<void> {
  await call.receiveOne();
  await node.projections.restart();
  call.write(new shared.Empty().serializeBinary());
}

/** One answer a projection: the one of that name, or all of a mode. All there are are continuous. */
export async function projectionStatistics(call: GrpcCall, node: NodeContext): Promise<void> {
  const options = decode(projections.StatisticsReq, await call.receiveOne()).getOptions();
  const isForOthers = options?.hasTransient() || options?.hasOneTime();
  const asked =
    options?.hasName() && options.getName() !== '' ? [named(node, options.getName())] : node.projections;
  if (isForOthers) return;
  for (const { statistics } of asked) {
    const answer = new projections.StatisticsResp();
    answer.setDetails(detailsOf(statistics));
    call.write(answer.serializeBinary());
  }
}

/** What needs a JavaScript engine within the node. */
export async function userProjections(call: GrpcCall): Promise<void> {
  await call.receiveOne();
  throw new GrpcError(
    GrpcStatus.UNIMPLEMENTED,
    'This node runs no user projections, only the system projections: they can be enabled, disabled and reset.',
  );
}

/** Without the trailer that other errors have (EventStoreDB since 24.6). */
function named(node: NodeContext, name = ''): ManagedProjection {
  const projection = node.projections.find(name);
  if (projection === undefined) throw new GrpcError(GrpcStatus.NOT_FOUND, `Projection '${name}' not found`);
  return projection;
}

const MICROSECONDS_PER_MS = 1_000;

function detailsOf(statistics: ProjectionStatistics) {
  const details = new projections.StatisticsResp.Details();
  details.setName(statistics.name);
  details.setEffectivename(statistics.name);
  details.setMode('Continuous');
  details.setStatus(statistics.status);
  details.setStatereason(statistics.stateReason);
  details.setVersion(String(statistics.version));
  details.setEpoch(String(statistics.epoch));
  details.setPosition(positionText(statistics.position));
  details.setLastcheckpoint(positionText(statistics.checkpointPosition));
  details.setProgress(statistics.progressPercent);
  details.setEventsprocessedafterrestart(String(statistics.eventsHandled));
  details.setWritesinprogress(statistics.writesInFlight);
  details.setCoreprocessingtime(String(Math.round(statistics.workMs * MICROSECONDS_PER_MS)));
  details.setBufferedevents('0');
  return details;
}

function positionText(position: number): string {
  return `C:${position}/P:${position}`;
}
