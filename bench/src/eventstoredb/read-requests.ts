import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { framed } from './lean-session.js';

/** A request for all of `$all` from the start, as the genuine client sends it: to its end, or for ever. */
export function allFromStart(how: 'read' | 'subscribe'): Buffer {
  const all = new streams.ReadReq.Options.AllOptions();
  all.setStart(new shared.Empty());
  const options = new streams.ReadReq.Options();
  options.setAll(all);
  if (how === 'read') options.setCount(String(Number.MAX_SAFE_INTEGER));
  else options.setSubscription(new streams.ReadReq.Options.SubscriptionOptions());
  return request(options);
}

/** A request for a whole stream. */
export function streamFromStart(name: string): Buffer {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(name));
  const stream = new streams.ReadReq.Options.StreamOptions();
  stream.setStreamIdentifier(identifier);
  stream.setStart(new shared.Empty());
  const options = new streams.ReadReq.Options();
  options.setStream(stream);
  options.setCount(String(Number.MAX_SAFE_INTEGER));
  return request(options);
}

function request(options: streams.ReadReq.Options): Buffer {
  const ids = new streams.ReadReq.Options.UUIDOption();
  ids.setString(new shared.Empty());
  options.setUuidOption(ids);
  options.setNoFilter(new shared.Empty());
  const request = new streams.ReadReq();
  request.setOptions(options);
  return framed(request.serializeBinary());
}
