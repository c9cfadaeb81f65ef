export { PREFIX_BYTES, prefixed } from './deframer.js';
export type { GrpcCall } from './grpc-call.js';
export { GrpcError, GrpcStatus } from './grpc-error.js';
export { type GrpcHandler, type GrpcServer, type GrpcServerOptions, startGrpcServer } from './grpc-server.js';
