export * from './episode-summary.ts';
export * from './errors.ts';
export * from './json.ts';
export * from './model.ts';
export * from './score.ts';
export * from './store.ts';
export * from './strategy.ts';
export * from './task.ts';
