import type { CommandBus } from '@nestjs/cqrs';

/** The system as the command line uses it: commands go through the same handlers as those of the API. */
export interface System {
  readonly commandBus: CommandBus;
  readonly eventStoreUrl: string;
  readonly mongoUrl: string;
}
