// The catalogue: one line per strategy.
export { none } from './none.ts';
