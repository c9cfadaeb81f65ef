import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { framed } from './lean-session.js';

/** A request for all of `$all` from the start, as the genuine client sends it: to its end, or for ever. */
export function allFromStart(how: 'read' | 'subscribe'): Buffer {
  const all = new streams.ReadReq.Options.AllOptions();
  all.setStart(new shared.Empty());
  const ids = new streams.ReadReq.Options.UUIDOption();
  ids.setString(new shared.Empty());
  const options = new streams.ReadReq.Options();
  options.setAll(all);
  options.setUuidOption(ids);
  options.setNoFilter(new shared.Empty());
  if (how === 'read') options.setCount(String(Number.MAX_SAFE_INTEGER));
  else options.setSubscription(new streams.ReadReq.Options.SubscriptionOptions());
  const request = new streams.ReadReq();
  request.setOptions(options);
  return framed(request.serializeBinary());
}
