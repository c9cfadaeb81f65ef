import { describe, expect, it } from '@jest/globals';
import { Admission } from './admission.js';

function admissionOf(inFlight: number, queue: number) {
  const admission = new Admission(inFlight, queue);
  const started: string[] = [];
  const enter = (name: string, isGone = () => false) => admission.enter(() => started.push(name), isGone);
  return { admission, started, enter };
}

describe('Admission', () => {
  it('starts what fits, and the rest in order of arrival', () => {
    const { admission, started, enter } = admissionOf(2, 2);
    for (const name of ['a', 'b', 'c', 'd']) enter(name);
    expect(started).toEqual(['a', 'b']);
    expect([admission.isFull, admission.inFlightNow, admission.waitingNow]).toEqual([true, 2, 2]);
    admission.leave();
    expect(started).toEqual(['a', 'b', 'c']);
    expect(admission.isFull).toBe(false);
    for (let i = 0; i < 3; i++) admission.leave();
    expect([started.length, admission.inFlightNow]).toEqual([4, 0]);
  });

  it('passes over who went away while waiting', () => {
    const { admission, started, enter } = admissionOf(1, 3);
    enter('a');
    enter('gone', () => true);
    enter('b');
    admission.leave();
    expect(started).toEqual(['a', 'b']);
    admission.leave();
    expect(admission.inFlightNow).toBe(0);
    enter('c');
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('takes as many as are in flight when nobody may wait', () => {
    const { admission, enter } = admissionOf(1, 0);
    expect(admission.isFull).toBe(false);
    enter('a');
    expect(admission.isFull).toBe(true);
  });
});
