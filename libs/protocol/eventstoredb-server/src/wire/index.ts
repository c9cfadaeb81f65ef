export { type AppendReq, decodeAppendReq } from './append-req.js';
export {
  type BatchAppendOptions,
  type BatchAppendReq,
  type BatchAppendSuccess,
  decodeBatchAppendReq,
  encodeBatchAppendSuccesses,
} from './batch-append.js';
export {
  type EventFields,
  encodeEventFrame,
  type NewEventFields,
  readEventFrame,
  recordedEventOf,
} from './event-frame.js';
export { EventFramePeek } from './event-frame-peek.js';
export { encodeDeliveredFrame, encodeGroupConfirmationFrame } from './persistent-frames.js';
export type { AppendTarget, ExpectedRevision, ProposedMessage } from './proposed-message.js';
export { MalformedMessageError } from './proto-reader.js';
export {
  encodeCaughtUpFrame,
  encodeCheckpointFrame,
  encodeConfirmationFrame,
  encodeResolvedFrame,
  encodeStreamNotFoundFrame,
} from './read-frames.js';
