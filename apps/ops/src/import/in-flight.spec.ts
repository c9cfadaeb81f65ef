import { describe, expect, it } from '@jest/globals';
import { InFlight } from './in-flight.js';

/** Work that ends when told. */
function task() {
  let end: (error?: Error) => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error ? reject(error) : resolve());
  });
  return { end, work: () => ended };
}

describe('InFlight', () => {
  it('begins no more than its limit', async () => {
    const inFlight = new InFlight(2);
    const [first, second, third] = [task(), task(), task()];
    await inFlight.begin(first.work);
    await inFlight.begin(second.work);
    let begun = false;
    const beginning = inFlight.begin(() => {
      begun = true;
      return third.work();
    });
    await Promise.resolve();
    expect(begun).toBe(false);
    second.end();
    await beginning;
    expect(begun).toBe(true);
    first.end();
    third.end();
    await inFlight.settled();
  });

  it('begins nothing after a failure, and tells the first when all has ended', async () => {
    const inFlight = new InFlight(2);
    const [failing, other] = [task(), task()];
    await inFlight.begin(failing.work);
    await inFlight.begin(other.work);
    const waiting = inFlight.begin(() => Promise.reject(new Error('must not begin')));
    failing.end(new Error('first'));
    await expect(waiting).rejects.toThrow('first');
    other.end(new Error('second'));
    await expect(inFlight.settled()).rejects.toThrow('first');
  });
});
