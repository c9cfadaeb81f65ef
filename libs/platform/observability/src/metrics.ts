import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Durations in seconds, from half a millisecond (a cached append) to ten seconds (a store in trouble). */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const EVENTS = [1, 2, 5, 10, 50, 100, 500, 1_000, 2_500, 5_000, 10_000];

export type StoreName = 'eventstoredb' | 'mongodb';

/** The figures of one process, by name. `registry.metrics()` is the text that `/metrics` answers. */
export function createMetrics(registry = new Registry()) {
  const registers = [registry];
  return {
    registry,
    commandDuration: new Histogram({
      name: 'tidemark_command_duration_seconds',
      help: 'Time from dispatch to answer of a command, by what became of it.',
      labelNames: ['command', 'outcome'] as const,
      buckets: SECONDS,
      registers,
    }),
    appendDuration: new Histogram({
      name: 'tidemark_append_duration_seconds',
      help: 'Time of one append to the event store until it was durable, refused or lost.',
      labelNames: ['outcome'] as const,
      buckets: SECONDS,
      registers,
    }),
    projectionBatchEvents: new Histogram({
      name: 'tidemark_projection_batch_events',
      help: 'Events in a committed batch.',
      buckets: EVENTS,
      registers,
    }),
    projectionBatchDuration: new Histogram({
      name: 'tidemark_projection_batch_duration_seconds',
      help: 'Time to load, fold and commit a batch.',
      buckets: SECONDS,
      registers,
    }),
    projectionDocuments: new Counter({
      name: 'tidemark_projection_documents_written_total',
      help: 'Documents written or removed by committed batches.',
      registers,
    }),
    projectionLagEvents: new Gauge({
      name: 'tidemark_projection_lag_events',
      help: 'Events received and not yet committed; exact once the feed is live.',
      labelNames: ['projection'] as const,
      registers,
    }),
    projectionLagSeconds: new Gauge({
      name: 'tidemark_projection_lag_seconds',
      help: 'Age of the oldest event that the projection has not handled; 0 when there is none.',
      labelNames: ['projection'] as const,
      registers,
    }),
    projectionPosition: new Gauge({
      name: 'tidemark_projection_position',
      help: 'Commit position of the last event handled.',
      labelNames: ['projection'] as const,
      registers,
    }),
    projectionStopped: new Gauge({
      name: 'tidemark_projection_stopped',
      help: '1 while a fault holds the projection.',
      labelNames: ['projection'] as const,
      registers,
    }),
    storeUp: new Gauge({
      name: 'tidemark_store_up',
      help: '1 while the store answers, 0 while it is out of reach.',
      labelNames: ['store'] as const,
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

/** The process's own figures; `/metrics` serves them. */
export const metrics: Metrics = createMetrics();

let isCollecting = false;

/** Adds CPU, memory, event loop and garbage collection; once a process. */
export function collectProcessMetrics({ registry }: Metrics = metrics): void {
  if (isCollecting) return;
  isCollecting = true;
  collectDefaultMetrics({ register: registry });
}
