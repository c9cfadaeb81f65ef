/** What was asked for does not exist; the message lists what does, where that is short. */
export class UnknownReplayError extends Error {
  override readonly name = 'UnknownReplayError';
}

/** An expression that cannot be read or never applies; the message points at the place. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';
}
