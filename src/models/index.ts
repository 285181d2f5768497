// The catalogue: one line per model.
export { scripted } from './scripted.ts';
