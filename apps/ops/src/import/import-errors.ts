/** The file cannot be read on from here; what stands before that line is imported or still to come. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';

  /** @param line counted from 1, the header being line 1. */
  constructor(
    readonly line: number,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`line ${line}: ${reason}`, options);
  }
}

/** Bad use: a file that cannot be opened, or that is no such data at all. Nothing was imported. */
export class WrongFileError extends Error {
  override readonly name = 'WrongFileError';
}

/** The event store stayed away for longer than the import waits. Run again, it goes on from there. */
export class StoreStayedAwayError extends Error {
  override readonly name = 'StoreStayedAwayError';
}

/** Interrupted while waiting for the event store. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}
