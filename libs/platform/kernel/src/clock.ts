/** The only source of time outside the domain; commands carry what it says. */
export abstract class Clock {
  /** ISO 8601 UTC with milliseconds: `2026-03-01T10:00:00.000Z`. */
  abstract now(): string;
}

export class SystemClock extends Clock {
  now(): string {
    return new Date().toISOString();
  }
}
