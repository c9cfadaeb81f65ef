import type {
  ExpressionTable,
  PipelineTable,
  ProjectionTable,
  QueryTable,
  SortTable,
  UpdateTable,
  UpsertTable,
} from './case.js';
import * as collections from './expressions-collections.js';
import * as values from './expressions-values.js';
import * as pipelines from './pipelines.js';
import * as projections from './projections.js';
import * as comparisons from './query-comparisons.js';
import * as queries from './query-rest.js';
import * as arrays from './updates-arrays.js';
import * as fields from './updates-fields.js';
import * as numbers from './updates-numbers.js';
import * as upserts from './upserts.js';

/** Every table by kind: the rows that the server is held to. */
export const QUERIES: readonly QueryTable[] = [...Object.values(comparisons), ...Object.values(queries)];
export const UPDATES: readonly UpdateTable[] = [fields, numbers, arrays].flatMap((tables): UpdateTable[] =>
  Object.values(tables),
);
export const UPSERTS: readonly UpsertTable[] = Object.values(upserts);
const { SORTS: sorts, SORTS_BY_TYPE: sortsByType, ...projected } = projections;
export const PROJECTIONS: readonly ProjectionTable[] = Object.values(projected);
export const SORTS: readonly SortTable[] = [sorts, sortsByType];
export const EXPRESSIONS: readonly ExpressionTable[] = [values, collections].flatMap(
  (tables): ExpressionTable[] => Object.values(tables),
);
export const PIPELINES: readonly PipelineTable[] = Object.values(pipelines);
