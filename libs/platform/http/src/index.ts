export { CommandContextOf, commandContextOf, idFor } from './command-context.js';
export { type CommandReply, commandReply, revisionTag } from './command-reply.js';
export type { FieldOptions } from './fields/field.js';
export { ListOf, type ListOptions, Nested } from './fields/nested.js';
export {
  DecimalText,
  type DecimalTextOptions,
  Flag,
  type FlagOptions,
  WholeNumber,
  type WholeNumberOptions,
} from './fields/number.js';
export { Currency, Id, OneOf, Text, type TextOptions } from './fields/text.js';
export { Day, Timestamp, type TimestampOptions } from './fields/time.js';
export {
  badField,
  badHeader,
  type FieldFault,
  HTTP_ERRORS,
  HttpError,
  type HttpErrorCode,
  type HttpErrorOptions,
} from './http-error.js';
export { type CursorValues, decodeCursor, encodeCursor, type Page, page } from './pages.js';
export { ReadsFrom } from './reads-from.js';
