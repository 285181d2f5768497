export * from './clock.ts';
export * from './errors.ts';
export * from './hash.ts';
export * from './local-request.ts';
export * from './problems.ts';
export * from './random.ts';
export * from './worker.ts';
