import type { Consumer } from './consumer.js';

/** Who gets the next event. */
export interface ConsumerStrategy {
  add(consumer: Consumer): void;
  remove(consumer: Consumer): void;
  /** 'wait': this event has to wait, others may pass it. 'full': nobody can take any event. */
  choose(bucket: number): Consumer | 'wait' | 'full';
  /** An event is with a consumer, or is not any more. */
  sent(bucket: number, consumer: Consumer): void;
  settled(bucket: number, consumer: Consumer): void;
}
