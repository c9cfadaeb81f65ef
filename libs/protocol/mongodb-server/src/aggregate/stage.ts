import { BsonType, type BsonValue, elementsOf, entriesOf } from '../bson/value.js';
import { MongoError } from '../errors.js';
import type { ReadContext } from '../storage/contexts.js';
import type { Constants } from './expressions.js';

export interface Stage {
  readonly name: string;
  readonly operand: BsonValue;
}

/** What stages may use besides the documents that come to them. */
export interface Surroundings {
  readonly database: string;
  readonly context: ReadContext;
  readonly constants: Constants;
  /** Throws when the command must end. */
  readonly interrupted: () => void;
  /** Refuses stages that are none, before anything runs. */
  readonly check: (stages: readonly Stage[], constants: Constants) => void;
  /** Runs a pipeline inside another one, on a collection or on documents. */
  readonly runInside: (
    from: string | readonly Buffer[],
    stages: readonly Stage[],
    constants: Constants,
  ) => Promise<Buffer[]>;
}

export type RunStage = (rows: Buffer[]) => Buffer[] | Promise<Buffer[]>;

/** A stage, taken apart and checked before any document is read. */
export type StageDefinition = (operand: BsonValue, surroundings: Surroundings, name: string) => RunStage;

/** @throws MongoError 40323 */
export function stageOf(stage: BsonValue): Stage {
  const entries = stage.type === BsonType.object ? entriesOf(stage) : [];
  if (entries.length !== 1)
    throw new MongoError(40323, 'A pipeline stage specification object must contain exactly one field.');
  return { name: entries[0]![0], operand: entries[0]![1] };
}

/** The stages of a nested pipeline. @throws MongoError 14 */
export function stagesIn(pipeline: BsonValue, where: string): Stage[] {
  if (pipeline.type !== BsonType.array) throw new MongoError(14, `${where} must be an array of stages`);
  return elementsOf(pipeline).map(stageOf);
}
