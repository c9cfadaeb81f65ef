import { applyDecorators } from '@nestjs/common';
import { ApiExtension, ApiOperation } from '@nestjs/swagger';
import type { ErrorTable } from '#libs/platform/kernel';

export interface OperationAnswer {
  /** 200 unless told. */
  readonly status?: number;
  readonly description?: string;
  /** A whole body; its schema in the document follows from it. Nothing where the answer has no body. */
  readonly example?: unknown;
  /** `application/json` unless told. */
  readonly mediaType?: string;
}

/** What the OpenAPI document says of one route. */
export interface OperationOptions {
  /** A few words: `Place or draft an order`. */
  readonly summary: string;
  readonly description?: string;
  /** Groups operations: the context's name. */
  readonly tag?: string;
  /** Examples of the route's parameters by name. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** A whole request body. */
  readonly request?: unknown;
  readonly answer: OperationAnswer;
  /** What the rules may refuse: the context's error table, or `errorsOf(table, …)` for a part of it. */
  readonly refusals?: ErrorTable;
}

export const OPERATION = 'x-tidemark-operation';

/** Documents a route with examples; statuses of refusals follow from the error tables. */
export const Operation = (options: OperationOptions): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: options.summary,
      ...(options.description === undefined ? {} : { description: options.description }),
      ...(options.tag === undefined ? {} : { tags: [options.tag] }),
    }),
    ApiExtension(OPERATION, options),
  );

/** Some errors of a table. */
export const errorsOf = <Table extends ErrorTable>(
  table: Table,
  ...codes: readonly (keyof Table & string)[]
): ErrorTable => Object.fromEntries(codes.map((code) => [code, table[code]])) as ErrorTable;
