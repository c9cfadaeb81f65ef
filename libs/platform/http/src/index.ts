export { ActorGuard } from './actor.guard.js';
export { CommandContextOf, commandContextOf, idFor } from './command-context.js';
export { type CommandReply, commandReply, revisionTag } from './command-reply.js';
export { createHttpApp, type HttpAppOptions } from './create-http-app.js';
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
export type { ReadinessAnswer, ReadinessCheck, ReadinessReport } from './health/readiness.js';
export type { HttpApp } from './http-app.js';
export { openApiDocument, operationsIn, operationsWithoutExample } from './openapi/document.js';
export { errorsOf, Operation, type OperationOptions } from './openapi/operation.js';
export { type CursorValues, decodeCursor, encodeCursor, type Page, page } from './pages.js';
export {
  badField,
  badHeader,
  type FieldFault,
  HTTP_ERRORS,
  HttpError,
  type HttpErrorCode,
  type HttpErrorOptions,
} from './problems/http-error.js';
export { KIND_STATUS, type Problem } from './problems/problem.js';
export { ReadsFrom } from './reads-from.js';
export { DtoValidationPipe } from './validation/dto-validation.pipe.js';
