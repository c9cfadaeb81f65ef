/** What a process of Tidemark ends with. */
export const EXIT = {
  ok: 0,
  /** The work was done and found something: a difference, a malformed row. */
  finding: 1,
  /** Bad use: a setting, an option, a taken port, a folder in use, an unknown thing. */
  usage: 2,
  storeOutOfReach: 3,
  /** A fault in Tidemark itself (EX_SOFTWARE of sysexits.h); the only end that prints a stack trace. */
  fault: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An end that the user can do something about: `message` is one sentence, shown without a stack trace. */
export class FatalError extends Error {
  override readonly name = 'FatalError';

  constructor(
    message: string,
    readonly exitCode: ExitCode = EXIT.usage,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
