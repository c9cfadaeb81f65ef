import {
  type AggregateStoreOptions,
  type CommandContext,
  type CommandSeen,
  type EventStreams,
  InMemoryEventStreams,
  StreamAggregateStore,
} from '#libs/platform/event-store';
import { commandContext } from './command-context.js';
import { type CounterCommand, type CounterEvent, counterAggregate } from './counter.js';
import { FaultyStreams } from './faulty-streams.js';

export const openCounter = { type: 'OpenCounter', start: 1 } as const satisfies CounterCommand;
export const raiseCounter = { type: 'RaiseCounter', by: 2 } as const satisfies CounterCommand;
export const closeCounter = { type: 'CloseCounter' } as const satisfies CounterCommand;

export type CounterCall = Partial<CommandContext> & {
  /** Default `a`. */
  readonly counterId?: string;
};

/**
 * One process that counts: an aggregate store with a cache of its own, over a log that others may share. The hash of
 * a command is its JSON unless the call says another.
 */
export function startCounters<Log extends EventStreams = InMemoryEventStreams>(
  log: Log = new InMemoryEventStreams() as unknown as Log,
  options: AggregateStoreOptions = {},
) {
  const streams = new FaultyStreams(log);
  const seen: CommandSeen[] = [];
  const observer = { onCommand: (command: CommandSeen) => seen.push(command) };
  const store = new StreamAggregateStore(streams, { observer, ...options });
  const run = (command: CounterCommand, { counterId = 'a', ...call }: CounterCall = {}) => {
    const context = commandContext(command.type, { commandHash: JSON.stringify(command), ...call });
    return store.execute(counterAggregate, counterId, command, context);
  };
  return { log, streams, store, run, seen };
}

/** What the counter stood at after each of its events. */
export async function counterTotals(log: EventStreams, counterId = 'a'): Promise<number[]> {
  const totals: number[] = [];
  for await (const { type, data } of log.load(`counter-${counterId}`)) {
    const event = { type, data } as CounterEvent;
    if (event.type === 'CounterOpened') totals.push(event.data.start);
    if (event.type === 'CounterRaised') totals.push(event.data.to);
    if (event.type === 'CounterClosed') totals.push(totals.at(-1) ?? 0);
  }
  return totals;
}
