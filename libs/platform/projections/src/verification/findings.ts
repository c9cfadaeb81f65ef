import type { EventName } from './event-name.js';
import type { FieldDifference } from './field-differences.js';

/** A field that differs, and the event that should have given it its value, where one did. */
export interface FieldFinding extends FieldDifference {
  readonly event?: EventName;
}

/** A stored document that is not what the log says. */
export type Finding =
  | { readonly kind: 'different'; readonly key: string; readonly fields: readonly FieldFinding[] }
  /** `event` touched it last. */
  | { readonly kind: 'missing'; readonly key: string; readonly event?: EventName }
  /** `event` removed it; absent where no event ever made it. */
  | { readonly kind: 'surplus'; readonly key: string; readonly event?: EventName }
  /** The fold throws on an event that the checkpoint counts as handled. */
  | {
      readonly kind: 'unfoldable';
      readonly key: string;
      readonly event: EventName;
      readonly message: string;
    };

export interface ProjectionReport {
  readonly name: string;
  readonly version: number;
  /** 'not_built': it has no checkpoint yet, so there was nothing to compare. */
  readonly state: 'verified' | 'not_built';
  /** The checkpoint up to which all was compared; what the projector handled meanwhile may be newer. */
  readonly position: bigint;
  /** Stored documents, roughly, and how many keys were compared. */
  readonly documents: number;
  readonly compared: number;
  readonly equal: number;
  /** How many documents are not equal; `findings` tells of the first of them. */
  readonly unequal: number;
  readonly findings: readonly Finding[];
}
