import {
  type AppendTarget,
  type ProposedMessage,
  readProposedMessage,
  readTargetField,
} from './proposed-message.js';
import { ProtoReader } from './proto-reader.js';

/** One message of `Streams.Append`: first the options, then the events. Neither is a malformed request. */
export type AppendReq =
  | { readonly options: Readonly<AppendTarget>; readonly message?: never }
  | { readonly message: ProposedMessage; readonly options?: never };

/** @throws MalformedMessageError; returns undefined for a message that is neither options nor event. */
export function decodeAppendReq(bytes: Buffer): AppendReq | undefined {
  const reader = new ProtoReader(bytes);
  let request: AppendReq | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x0a) request = { options: readOptions(reader.message()) };
    else if (tag === 0x12) request = { message: readProposedMessage(reader) };
    else reader.skip(tag);
  }
  return request;
}

function readOptions(reader: ProtoReader): AppendTarget {
  const options: AppendTarget = { stream: undefined, expected: undefined };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag())
    if (!readTargetField(reader, tag, options)) reader.skip(tag);
  return options;
}
