export { AggregateStore, type CommandAnswer, type CommandContext } from './aggregate-store.js';
