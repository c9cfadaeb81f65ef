import type { MongoError } from '../errors.js';
import { KeyHeldError } from './contexts.js';

interface Job {
  readonly run: () => void;
  readonly succeed: () => void;
  readonly fail: (error: unknown) => void;
}

/** Starts one commit with everything that waits; resolves when it is on disk. */
export type CommitBatch = (jobs: readonly (() => void)[]) => Promise<void>;

const RETRY_HELD_MS = 4;

/**
 * Group commit: while one commit is on its way to the disk, further writes wait and then go together. A job is
 * answered only after the commit that carries it.
 */
export class WriteQueue {
  private waiting: Job[] = [];
  private committing = false;
  private closedBy: MongoError | undefined;
  private idle: (() => void)[] = [];

  constructor(private readonly commit: CommitBatch) {}

  /**
   * Runs the work inside a coming commit.
   * @param giveUpAfterMs how long to try again while an open transaction holds a key, in milliseconds.
   */
  submit<T>(work: () => T, giveUpAfterMs: number, gaveUp: () => Error): Promise<T> {
    if (this.closedBy) return Promise.reject(this.closedBy);
    const deadline = Date.now() + giveUpAfterMs;
    return new Promise<T>((resolve, reject) => {
      let outcome: { value: T } | { error: unknown } | undefined;
      const job: Job = {
        run: () => {
          try {
            outcome = { value: work() };
          } catch (error) {
            outcome = { error };
          }
        },
        succeed: () => {
          if (outcome === undefined) reject(new Error('a write was committed that never ran'));
          else if ('value' in outcome) resolve(outcome.value);
          else if (!(outcome.error instanceof KeyHeldError)) reject(outcome.error);
          else if (Date.now() > deadline) reject(gaveUp());
          else this.again(job);
        },
        fail: reject,
      };
      this.waiting.push(job);
      this.start();
    });
  }

  /** Refuses new work with the error and resolves when all accepted work is answered. */
  async close(error: MongoError): Promise<void> {
    this.closedBy = error;
    for (const job of this.held) job.fail(error);
    this.held.clear();
    if (!this.committing && this.waiting.length === 0) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private readonly held = new Set<Job>();

  private again(job: Job): void {
    if (this.closedBy) {
      job.fail(this.closedBy);
      return;
    }
    this.held.add(job);
    setTimeout(() => {
      if (!this.held.delete(job)) return;
      this.waiting.push(job);
      this.start();
    }, RETRY_HELD_MS);
  }

  private start(): void {
    if (this.committing || this.waiting.length === 0) return;
    this.committing = true;
    const jobs = this.waiting;
    this.waiting = [];
    this.commit(jobs.map(({ run }) => run)).then(
      () => this.finish(jobs, ({ succeed }) => succeed()),
      (error) => this.finish(jobs, ({ fail }) => fail(error)),
    );
  }

  private finish(jobs: readonly Job[], answer: (job: Job) => void): void {
    this.committing = false;
    this.start();
    for (const job of jobs) answer(job);
    if (this.committing || this.waiting.length > 0) return;
    for (const resolve of this.idle.splice(0)) resolve();
  }
}
