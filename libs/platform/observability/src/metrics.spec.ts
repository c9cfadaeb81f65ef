import { describe, expect, it } from '@jest/globals';
import { DomainError } from '#libs/platform/kernel';
import { commandFigures, measuredCommand, storeIsUp } from './measured.js';
import { createMetrics } from './metrics.js';

describe('metrics', () => {
  it('times commands by name and by what became of them', async () => {
    const metrics = createMetrics();
    await measuredCommand('PlaceOrder', async () => ({ recorded: 1 }), metrics);
    await measuredCommand('PlaceOrder', async () => ({ recorded: 0 }), metrics);
    const refused = new DomainError('ORDER_NOT_FOUND', {
      kind: 'not_found',
      message: 'There is no such order.',
    });
    await expect(measuredCommand('CancelOrder', () => Promise.reject(refused), metrics)).rejects.toBe(
      refused,
    );
    const lost = new Error('lost');
    await expect(measuredCommand('CancelOrder', () => Promise.reject(lost), metrics)).rejects.toBe(lost);
    const text = await metrics.registry.metrics();
    for (const labels of [
      'command="PlaceOrder",outcome="recorded"',
      'command="PlaceOrder",outcome="nothing"',
      'command="CancelOrder",outcome="ORDER_NOT_FOUND"',
      'command="CancelOrder",outcome="fault"',
    ])
      expect(text).toContain(`tidemark_command_duration_seconds_count{${labels}} 1`);
  });

  it('takes the figures of the event store, in milliseconds, as seconds', async () => {
    const metrics = createMetrics();
    const figures = commandFigures(metrics);
    figures.onAppend({ outcome: 'appended', durationMs: 20 });
    figures.onCommand({ commandType: 'PlaceOrder', outcome: 'recorded', durationMs: 30 });
    const text = await metrics.registry.metrics();
    expect(text).toContain('tidemark_append_duration_seconds_sum{outcome="appended"} 0.02');
    expect(text).toContain(
      'tidemark_command_duration_seconds_bucket{le="0.025",command="PlaceOrder",outcome="recorded"} 0',
    );
  });

  it('says which store is up', async () => {
    const metrics = createMetrics();
    storeIsUp('mongodb', true, metrics);
    storeIsUp('eventstoredb', false, metrics);
    const text = await metrics.registry.metrics();
    expect(text).toContain('tidemark_store_up{store="mongodb"} 1');
    expect(text).toContain('tidemark_store_up{store="eventstoredb"} 0');
  });
});
