/**
 * What the model check does to a node. Operations name places by fractions of what is there and revisions by what they
 * are to the stream, never by number: so each still means something when others before it are left out.
 */
export type Operation = { readonly number: number } & (
  | {
      readonly kind: 'append';
      readonly stream: string;
      readonly expects: Expects;
      /** So many events that the stream has already, from that place on, then so many new ones. */
      readonly repeats: { readonly from: number; readonly count: number };
      readonly fresh: readonly Fresh[];
      readonly through: 'Append' | 'BatchAppend';
    }
  | {
      readonly kind: 'delete' | 'tombstone';
      readonly stream: string;
      readonly expects: Exclude<Expects, 'stream exists'>;
    }
  | {
      readonly kind: 'set metadata';
      readonly stream: string;
      readonly metadata: Readonly<Record<string, number | string>>;
      readonly expects: Expects;
    }
  | {
      readonly kind: 'read stream';
      readonly stream: string;
      readonly from: From;
      readonly backwards: boolean;
      readonly maxCount: number;
      readonly resolves: boolean;
    }
  | {
      readonly kind: 'read all';
      readonly from: From;
      readonly backwards: boolean;
      readonly maxCount: number;
      readonly resolves: boolean;
    }
  | {
      readonly kind: 'follow stream';
      readonly stream: string;
      readonly from: From;
      readonly resolves: boolean;
    }
  | {
      readonly kind: 'follow all';
      readonly from: From;
      readonly filter: Filter | undefined;
      readonly resolves: boolean;
    }
  | { readonly kind: 'restart'; readonly resumeAt: number }
);

export type Expects =
  | 'any'
  | 'no stream'
  | 'stream exists'
  | 'the last revision'
  | 'an earlier revision'
  | 'a later revision'
  /** The one before the first of the repeated events. */
  | 'before the repeat';

export type Fresh =
  | { readonly as: 'json' }
  | { readonly as: 'binary' }
  /** A link to a place of a stream, or to beyond its end. */
  | { readonly as: 'link'; readonly to: string; readonly at: number };

/** `end`, `start`, or a fraction of what is there (above 1: beyond it). */
export type From = 'start' | 'end' | number;

export interface Filter {
  readonly on: 'stream' | 'type';
  readonly by: 'prefix' | 'regex';
  readonly text: string;
}
