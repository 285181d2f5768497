export { lookLevels } from './look-levels.ts';
export { type HowSettled, settledBy } from './settle.ts';
