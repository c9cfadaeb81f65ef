import { DomainError } from '#libs/platform/kernel';
import { type Metrics, metrics as ofProcess, type StoreName } from './metrics.js';

/** What became of a command: `recorded`, `nothing` to change, or the code it was refused with; `fault` otherwise. */
export function outcomeOf(error: unknown): string {
  return error instanceof DomainError ? error.code : 'fault';
}

/**
 * Times one command.
 * @returns and throws what `run` does.
 */
export async function measuredCommand<Answer extends { readonly recorded: number }>(
  command: string,
  run: () => Promise<Answer>,
  { commandDuration }: Metrics = ofProcess,
): Promise<Answer> {
  const end = commandDuration.startTimer({ command });
  try {
    const answer = await run();
    end({ outcome: answer.recorded > 0 ? 'recorded' : 'nothing' });
    return answer;
  } catch (error) {
    end({ outcome: outcomeOf(error) });
    throw error;
  }
}

/** Durations in milliseconds, as the event store's observer reports them. */
export interface CommandFigures {
  onCommand(figure: {
    readonly commandType: string;
    readonly outcome: string;
    readonly durationMs: number;
  }): void;
  onAppend(figure: { readonly outcome: string; readonly durationMs: number }): void;
}

/** What the event store's observer hooks feed. */
export function commandFigures({ commandDuration, appendDuration }: Metrics = ofProcess): CommandFigures {
  return {
    onCommand: ({ commandType, outcome, durationMs }) =>
      commandDuration.observe({ command: commandType, outcome }, durationMs / 1_000),
    onAppend: ({ outcome, durationMs }) => appendDuration.observe({ outcome }, durationMs / 1_000),
  };
}

/** Notes whether a store answers; give it the outcome of each health check. */
export function storeIsUp(store: StoreName, isUp: boolean, { storeUp }: Metrics = ofProcess): void {
  storeUp.set({ store }, isUp ? 1 : 0);
}
