import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { GrpcHandler } from '../grpc/index.js';
import { GrpcError, GrpcStatus } from '../grpc/index.js';
import type { NodeContext } from '../node-context.js';
import type { FileObserver } from './measured-files.js';

/** A write to memory, up to a disk in trouble. */
const SYNC_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** The figures of one node since it started; `registry.metrics()` is their text for Prometheus. */
export class NodeMetrics implements FileObserver {
  readonly registry = new Registry();
  readonly #registers = [this.registry];
  readonly #calls = this.#counter('eventstoredb_calls_total', 'Ended gRPC calls by method and status code.', [
    'method',
    'code',
  ]);
  readonly #open = new Gauge({
    name: 'eventstoredb_calls_open',
    help: 'gRPC calls under way, by method.',
    labelNames: ['method'],
    registers: this.#registers,
  });
  readonly #subscriptions = new Gauge({
    name: 'eventstoredb_subscriptions_open',
    help: 'Catch-up subscriptions under way: to a stream, or to all.',
    labelNames: ['to'],
    registers: this.#registers,
  });
  readonly #appended = this.#counter('eventstoredb_events_appended_total', 'Events that became durable.');
  readonly #syncSeconds = new Histogram({
    name: 'eventstoredb_disk_sync_seconds',
    help: 'Time the disk took to have what was written to a file (fdatasync).',
    buckets: SYNC_SECONDS,
    registers: this.#registers,
  });
  readonly #readBytes = this.#counter(
    'eventstoredb_disk_read_bytes_total',
    'Bytes read from the data folder.',
  );
  readonly #writtenBytes = this.#counter('eventstoredb_disk_written_bytes_total', 'Bytes written to it.');

  synced(seconds: number): void {
    this.#syncSeconds.observe(seconds);
  }

  read(sizeBytes: number): void {
    this.#readBytes.inc(sizeBytes);
  }

  written(sizeBytes: number): void {
    this.#writtenBytes.inc(sizeBytes);
  }

  /** Counts a subscription for as long as it runs. */
  async subscription(to: 'stream' | 'all', run: Promise<void>): Promise<void> {
    this.#subscriptions.inc({ to });
    try {
      await run;
    } finally {
      this.#subscriptions.dec({ to });
    }
  }

  /** Counts the calls of a method. */
  counted(method: string, handler: GrpcHandler): GrpcHandler {
    return async (call) => {
      let code: number = GrpcStatus.OK;
      this.#open.inc({ method });
      try {
        await handler(call);
        const { reason } = call.signal;
        if (call.signal.aborted) code = reason instanceof GrpcError ? reason.code : GrpcStatus.CANCELLED;
      } catch (error) {
        code = error instanceof GrpcError ? error.code : GrpcStatus.UNKNOWN;
        throw error;
      } finally {
        this.#open.dec({ method });
        this.#calls.inc({ method, code: String(code) });
      }
    };
  }

  /** Adds what is asked of the node whenever the figures are read. */
  follow({ log, index, persistentSubscriptions, projections }: Omit<NodeContext, 'metrics'>): void {
    let end = log.endPosition;
    log.onCommit((newEnd) => {
      this.#appended.inc(newEnd - end);
      end = newEnd;
    });
    this.#gauge('eventstoredb_log_events', 'Events in the log.', () => log.endPosition);
    this.#gauge('eventstoredb_log_bytes', 'Bytes of the log that are in use.', () => log.sizeBytes);
    this.#gauge(
      'eventstoredb_append_waiting_bytes',
      'Appends that wait for the disk.',
      () => log.pendingBytes,
    );
    this.#gauge('eventstoredb_streams', 'Streams, metadata streams included.', () => index.size);
    this.#gauge('eventstoredb_persistent_subscription_groups', 'Groups of persistent subscriptions.', () => {
      return persistentSubscriptions.list().length;
    });
    this.#counterOf('eventstoredb_cache_hits_total', 'Reads of the log answered from memory.', () => {
      return log.cacheUse.hits;
    });
    this.#counterOf('eventstoredb_cache_misses_total', 'Reads of the log that went to the disk.', () => {
      return log.cacheUse.misses;
    });
    const position = new Gauge({
      name: 'eventstoredb_projection_position',
      help: 'Log position of the last event that a running system projection has dealt with.',
      labelNames: ['projection'],
      registers: this.#registers,
      collect() {
        this.reset();
        for (const { statistics } of projections)
          if (statistics.status === 'Running')
            position.set({ projection: statistics.name }, statistics.position);
      },
    });
    this.#gauge('process_resident_memory_bytes', 'Resident memory of the process.', () =>
      process.memoryUsage.rss(),
    );
    this.#counterOf('process_cpu_seconds_total', 'CPU time of the process, in user and system mode.', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[] = []): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: this.#registers });
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: this.#registers,
      collect() {
        this.set(read());
      },
    });
  }

  #counterOf(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: this.#registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }
}
