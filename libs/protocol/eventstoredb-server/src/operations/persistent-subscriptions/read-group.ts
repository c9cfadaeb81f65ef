import type persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import { decode, persistent } from '../../generated-codecs.js';
import { type GrpcCall, GrpcError, GrpcStatus } from '../../grpc/index.js';
import type { NodeContext } from '../../node-context.js';
import type { Consumer, ConsumerConnection, RunningGroup } from '../../persistent-subscriptions/index.js';
import { encodeGroupConfirmationFrame } from '../../wire/index.js';
import { uuidText } from '../structured-uuid.js';
import { deliveredFrame, withStructuredIds } from './delivered-event.js';
import { groupDropped, maximumSubscribersReached, withGroupErrors } from './group-errors.js';
import { groupNameOf } from './group-name.js';

/**
 * `PersistentSubscriptions.Read`: the options, then acknowledgements up and events down, until either side ends
 * the call. A client's half-close does not: it may still want events.
 */
export async function readGroup(call: GrpcCall, node: NodeContext): Promise<void> {
  let membership: Membership | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      call.signal.addEventListener('abort', () => reject(call.signal.reason), { once: true });
      const takeIn = async (bytes: Buffer) => {
        const request = decode(persistent.ReadReq, bytes);
        if (membership !== undefined) membership.handle(request);
        else membership = await join(call, node, request.getOptions(), reject);
      };
      call.receive(takeIn).then(() => membership ?? resolve(), reject);
    });
  } finally {
    membership?.leave();
  }
}

async function join(
  call: GrpcCall,
  node: NodeContext,
  options: persistentPb.ReadReq.Options | undefined,
  end: (error: GrpcError) => void,
): Promise<Membership> {
  if (options === undefined)
    throw new GrpcError(GrpcStatus.UNKNOWN, 'The first message must be the options.');
  const name = groupNameOf(options);
  const group = await withGroupErrors(name, () => node.persistentSubscriptions.get(name.source, name.name));
  if (!group.hasRoomForConsumer) throw maximumSubscribersReached(name);
  call.writeFrames(encodeGroupConfirmationFrame(`${name.source}::${name.name}`));
  const hasStructuredIds = options.getUuidOption()?.hasStructured() ?? false;
  const drop = () => end(groupDropped(name));
  const consumer = group.join(connectionOf(call, node, hasStructuredIds, drop), options.getBufferSize());
  return new Membership(group, consumer);
}

function connectionOf(
  call: GrpcCall,
  node: NodeContext,
  hasStructuredIds: boolean,
  drop: () => void,
): ConsumerConnection {
  const name = call.headers['connection-name'];
  return {
    name: typeof name === 'string' ? name : '<unknown>',
    async send(frame, as) {
      const delivered = await deliveredFrame(node, frame, as);
      return call.writeFrames(hasStructuredIds ? withStructuredIds(delivered) : delivered);
    },
    drained: () => call.drained(),
    drop,
  };
}

const { Action } = persistent.ReadReq.Nack;

/** What one consumer says to its group. */
class Membership {
  constructor(
    private readonly group: RunningGroup,
    private readonly consumer: Consumer,
  ) {}

  handle(request: persistentPb.ReadReq): void {
    const ack = request.getAck();
    const nack = request.getNack();
    if (ack !== undefined) this.group.ack(ack.getIdsList().map(uuidText));
    else if (nack !== undefined)
      this.group.nack(nack.getIdsList().map(uuidText), actionOf(nack.getAction()), nack.getReason());
    else throw new GrpcError(GrpcStatus.UNKNOWN, 'Expected an acknowledgement after the options.');
  }

  leave(): void {
    this.group.leave(this.consumer);
  }
}

/** EventStoreDB does not stop a subscription on Stop: the event is done with, as on Skip. */
function actionOf(action: persistentPb.ReadReq.Nack.Action): 'retry' | 'park' | 'skip' {
  switch (action) {
    case Action.UNKNOWN:
    case Action.RETRY:
      return 'retry';
    case Action.PARK:
      return 'park';
    case Action.SKIP:
    case Action.STOP:
      return 'skip';
    default:
      throw new GrpcError(GrpcStatus.UNKNOWN, `There is no action ${action}.`);
  }
}
