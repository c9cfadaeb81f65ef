export { type Dice, dice, seeded } from './seeded.js';
