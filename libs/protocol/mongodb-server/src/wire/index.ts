export type { WireConnection, WireHandler } from './connection.js';
export { type DocumentSequence, MAX_MESSAGE_BYTES, type WireRequest } from './message.js';
export { startWireServer, type WireServer, type WireServerOptions } from './wire-server.js';
