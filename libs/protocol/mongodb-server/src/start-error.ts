export type MongoDbStartProblem = 'port-taken' | 'address-unusable' | 'remote-refused' | 'user-unusable';

/** Why the server could not start, in one sentence for the operator. */
export class MongoDbStartError extends Error {
  override readonly name = 'MongoDbStartError';

  constructor(
    readonly problem: MongoDbStartProblem,
    message: string,
  ) {
    super(message);
  }
}
