import { features } from '../generated-codecs.js';
import type { GrpcCall } from '../grpc/index.js';

/** The server whose behaviour this node follows; clients compare it. */
export const SERVER_VERSION = '24.10.4';

const PERSISTENT_SUBSCRIPTIONS = '/event_store.client.persistent_subscriptions.PersistentSubscriptions';
const FROM_ANY_SOURCE = ['stream', 'all'];

/** What each method can do, by the words that clients look for. A client calls nothing that is not here. */
const FEATURES: Readonly<Record<string, readonly string[]>> = {
  '/event_store.client.streams.Streams/BatchAppend': ['deadline_duration'],
  '/event_store.client.streams.Streams/Read': ['position', 'events'],
  [`${PERSISTENT_SUBSCRIPTIONS}/Create`]: FROM_ANY_SOURCE,
  [`${PERSISTENT_SUBSCRIPTIONS}/Update`]: FROM_ANY_SOURCE,
  [`${PERSISTENT_SUBSCRIPTIONS}/Delete`]: FROM_ANY_SOURCE,
  [`${PERSISTENT_SUBSCRIPTIONS}/Read`]: FROM_ANY_SOURCE,
  [`${PERSISTENT_SUBSCRIPTIONS}/GetInfo`]: FROM_ANY_SOURCE,
  [`${PERSISTENT_SUBSCRIPTIONS}/List`]: FROM_ANY_SOURCE,
  [`${PERSISTENT_SUBSCRIPTIONS}/ReplayParked`]: FROM_ANY_SOURCE,
};

/** `ServerFeatures.GetSupportedMethods`: every method that is served, names in lower case. */
export async function supportedMethods(call: GrpcCall, servedPaths: Iterable<string>): Promise<void> {
  await call.receiveOne();
  const answer = new features.SupportedMethods();
  answer.setEventStoreServerVersion(SERVER_VERSION);
  for (const path of servedPaths) {
    const [, service = '', name = ''] = path.split('/');
    const method = new features.SupportedMethod();
    method.setServiceName(service.toLowerCase());
    method.setMethodName(name.toLowerCase());
    method.setFeaturesList([...(FEATURES[path] ?? [])]);
    answer.addMethods(method);
  }
  call.write(answer.serializeBinary());
}
