export type DataFolderProblem =
  | 'in-use'
  | 'unwritable'
  | 'not-a-folder'
  | 'foreign'
  | 'other-kind'
  | 'newer'
  | 'older'
  | 'occupied';

/** Why a data folder cannot be opened: one sentence that an operator can act on, without a stack trace. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
  constructor(
    readonly problem: DataFolderProblem,
    readonly path: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
