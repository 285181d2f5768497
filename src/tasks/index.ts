// The catalogue: one line per task.
export { coverage } from './coverage.ts';
