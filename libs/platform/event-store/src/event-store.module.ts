import { type DynamicModule, Module } from '@nestjs/common';
import { AggregateStore } from './aggregate-store.js';
import { EsdbEventStreams } from './esdb/esdb-event-streams.js';
import { EventStoreClient } from './esdb/event-store-client.js';
import { EventStreams } from './event-streams.js';
import { type AggregateStoreOptions, StreamAggregateStore } from './stream-aggregate-store.js';

export interface EventStoreOptions extends AggregateStoreOptions {
  /** `esdb://127.0.0.1:2113?tls=false`, or any connection string of EventStoreDB or KurrentDB. */
  readonly url: string;
}

/** AggregateStore, EventStreams and EventStoreClient for the whole app, over one EventStoreDB. */
@Module({})
export class EventStoreModule {
  /** Connects with the first command or read; starts without the store, too. */
  static forRoot({ url, ...options }: EventStoreOptions): DynamicModule {
    return {
      module: EventStoreModule,
      global: true,
      providers: [
        { provide: EventStoreClient, useFactory: () => new EventStoreClient(url) },
        {
          provide: EventStreams,
          useFactory: (client: EventStoreClient) => new EsdbEventStreams(client),
          inject: [EventStoreClient],
        },
        {
          provide: AggregateStore,
          useFactory: (streams: EventStreams) => new StreamAggregateStore(streams, options),
          inject: [EventStreams],
        },
      ],
      exports: [EventStoreClient, EventStreams, AggregateStore],
    };
  }
}
