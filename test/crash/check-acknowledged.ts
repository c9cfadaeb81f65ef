import type { RecordedEvent } from '#libs/platform/kernel';
import type { SentCommand } from './commands-sent.js';

/** Holds what clients were told against what the log says. */
export class CheckAcknowledged {
  /** Command id -> the events recorded under it. */
  readonly #recorded = new Map<string, RecordedEvent[]>();

  apply(recorded: RecordedEvent): void {
    const { commandId } = recorded.metadata;
    const events = this.#recorded.get(commandId);
    if (events) events.push(recorded);
    else this.#recorded.set(commandId, [recorded]);
  }

  /** What is wrong, a line each. */
  faults(sent: readonly SentCommand[]): string[] {
    const known = new Set(sent.map(({ id }) => id));
    const strangers = [...this.#recorded.keys()].filter((id) => !known.has(id));
    return [
      ...strangers.map((id) => `${id}: recorded, but nobody sent it`),
      ...sent.flatMap((each) => this.#faultsOf(each)),
    ];
  }

  #faultsOf(command: SentCommand): string[] {
    const events = this.#recorded.get(command.id) ?? [];
    const what = `${command.id} ${command.method} ${command.path}`;
    const faults: string[] = [];
    if (events.length > 1) faults.push(`${what}: recorded ${events.length} times`);
    if (events.some(({ stream }) => stream !== command.stream)) faults.push(`${what}: in another stream`);
    if (command.refusedWith && events.length > 0) faults.push(`${what}: refused, yet recorded`);
    if (!command.answer) return faults;
    const [event] = events;
    if (!event) return [...faults, `${what}: acknowledged, but lost`];
    if (event.revision !== BigInt(command.answer.revision))
      faults.push(`${what}: acknowledged at revision ${command.answer.revision}, found at ${event.revision}`);
    if (String(event.position) !== command.answer.position)
      faults.push(`${what}: acknowledged at position ${command.answer.position}, found at ${event.position}`);
    return faults;
  }
}
