import { describe, expect, it } from '@jest/globals';
import { closeAll } from './close-all.js';

describe('closing what a command opened', () => {
  it('begins with the last, and goes on after a fault', async () => {
    const order: string[] = [];
    const opening = (name: string, fault?: Error) => async () => {
      order.push(name);
      if (fault) throw fault;
    };
    const fault = new Error('already gone');
    const closed = await closeAll([opening('stores'), opening('log', fault), opening('system')], 5_000);
    expect(order).toEqual(['system', 'log', 'stores']);
    expect(closed).toEqual({ faults: [fault], inTime: true });
  });

  it('does not wait longer than its limit', async () => {
    const hangs = () => new Promise<void>(() => undefined);
    expect(await closeAll([hangs], 20)).toEqual({ faults: [], inTime: false });
  });
});
