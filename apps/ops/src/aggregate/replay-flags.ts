import type { Command } from 'commander';

export interface ReplayFlags {
  readonly personal: boolean;
  readonly raw: boolean;
}

/** How events are read, the same for every command that replays. */
export function withReplayFlags(command: Command): Command {
  return command
    .option('--personal', 'also show personal data (names, contacts, addresses)', false)
    .option('--raw', 'fold the events as they are stored, without lifting them to today’s shapes', false);
}
