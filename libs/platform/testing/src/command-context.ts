import type { CommandContext } from '#libs/platform/event-store';
import { newId } from '#libs/platform/kernel';

/** Who asks, and when: Eve, on 2026-03-01 at 10:00, under a new id, unless overridden. */
export function commandContext(commandType: string, overrides: Partial<CommandContext> = {}): CommandContext {
  const commandId = overrides.commandId ?? newId();
  return {
    commandId,
    commandType,
    commandHash: commandType,
    actor: 'eve',
    correlationId: commandId,
    causationId: commandId,
    at: '2026-03-01T10:00:00.000Z',
    ...overrides,
  };
}
