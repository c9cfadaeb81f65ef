import { expect, it } from '@jest/globals';
import { Turns } from './turns.js';

it('lets one key go in order, others beside it, and goes on after a failure', async () => {
  const turns = new Turns();
  const log: string[] = [];
  const step = (key: string, name: string, fails = false) =>
    turns.run(key, async () => {
      log.push(`${name} starts`);
      await Promise.resolve();
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const settled = await Promise.allSettled([step('a', 'a1', true), step('a', 'a2'), step('b', 'b1')]);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(log.indexOf('a1 ends')).toBeLessThan(log.indexOf('a2 starts'));
  expect(log.indexOf('b1 starts')).toBeLessThan(log.indexOf('a1 ends'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(turns.size).toBe(0);
});
