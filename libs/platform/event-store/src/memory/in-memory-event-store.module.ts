import { type DynamicModule, Module } from '@nestjs/common';
import { AggregateStore } from '../aggregate-store.js';
import { EventStreams } from '../event-streams.js';
import { type AggregateStoreOptions, StreamAggregateStore } from '../stream-aggregate-store.js';
import { InMemoryEventStreams } from './in-memory-event-streams.js';

/** An event store for specs of controllers and handlers: real rules, nothing on disk. */
@Module({})
export class InMemoryEventStoreModule {
  /** @param streams give your own to look at the log (`streams.all()`) or to fill it first. */
  static forRoot(streams = new InMemoryEventStreams(), options: AggregateStoreOptions = {}): DynamicModule {
    return {
      module: InMemoryEventStoreModule,
      global: true,
      providers: [
        { provide: InMemoryEventStreams, useValue: streams },
        { provide: EventStreams, useExisting: InMemoryEventStreams },
        { provide: AggregateStore, useFactory: () => new StreamAggregateStore(streams, options) },
      ],
      exports: [InMemoryEventStreams, EventStreams, AggregateStore],
    };
  }
}
