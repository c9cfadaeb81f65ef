import { describe, expect, it } from '@jest/globals';
import { TimingStatistics } from './timing-statistics.js';

describe('timing statistics', () => {
  it('are empty before the first event', () => {
    expect(new TimingStatistics().measurements()).toEqual([]);
  });

  it('have the names and order of EventStoreDB, in whole milliseconds', () => {
    const timings = new TimingStatistics();
    for (let ms = 100; ms >= 1; ms--) timings.record(ms + 0.7);
    expect(timings.measurements().map(({ key, value }) => [key, value])).toEqual([
      ['Mean', 50],
      ['Median', 51],
      ['Fastest', 1],
      ['Quintile 1', 1],
      ['Quintile 2', 21],
      ['Quintile 3', 41],
      ['Quintile 4', 61],
      ['Quintile 5', 81],
      ['90%', 91],
      ['95%', 96],
      ['99%', 100],
      ['99.5%', 100],
      ['99.9%', 100],
      ['Highest', 100],
    ]);
  });

  it('are of the newest 1,000 events', () => {
    const timings = new TimingStatistics();
    for (let event = 0; event < 2_500; event++) timings.record(event);
    expect(timings.measurements()).toContainEqual({ key: 'Fastest', value: 1_500 });
    expect(timings.measurements()).toContainEqual({ key: 'Highest', value: 2_499 });
  });
});
