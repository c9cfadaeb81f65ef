import { type Decider, DomainError, type DomainEvent, deepFreeze } from '#libs/platform/kernel';
import { type Dice, dice } from '#libs/testing';

export interface RepeatOptions<Command> {
  readonly seed: number;
  readonly histories?: number;
  /** Commands in each history. */
  readonly commands?: number;
  /** The command as it is sent the second time, for example later; the same one unless told. */
  readonly again?: (command: Command) => Command;
}

export interface RepeatedRun<Command> {
  /** Commands whose repeat recorded something, or was answered otherwise than the first time. */
  readonly broken: readonly { readonly command: Command; readonly again: unknown }[];
  /** Types of the events that were recorded: a run that meets too few of them shows little. */
  readonly recordedTypes: ReadonlySet<string>;
}

/** Runs histories of random commands, each sent twice: a repeat must record nothing, and a refusal stay what it was. */
export function repeatCommands<State, Command, Event extends DomainEvent>(
  { initialState, decide, evolve }: Decider<State, Command, Event>,
  anyCommand: (random: Dice) => Command,
  { seed, histories = 60, commands = 40, again = (command) => command }: RepeatOptions<Command>,
): RepeatedRun<Command> {
  const random = dice(seed);
  const broken: { command: Command; again: unknown }[] = [];
  const recordedTypes = new Set<string>();
  for (let history = 0; history < histories; history++) {
    let state = initialState;
    for (let count = 0; count < commands; count++) {
      const command = deepFreeze(anyCommand(random));
      const first = answerTo(() => decide(state, command));
      const isRefused = typeof first === 'string';
      if (!isRefused) state = deepFreeze(first.reduce(evolve, state));
      for (const { type } of isRefused ? [] : first) recordedTypes.add(type);
      const second = answerTo(() => decide(state, deepFreeze(again(command))));
      const isRepeat = isRefused ? second === first : second.length === 0;
      if (!isRepeat) broken.push({ command, again: second });
    }
  }
  return { broken, recordedTypes };
}

/** What was recorded, or the code of the refusal. */
function answerTo<Event>(decide: () => readonly Event[]): readonly Event[] | string {
  try {
    return decide();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}
