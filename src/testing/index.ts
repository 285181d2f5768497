export * from './brute-force.ts';
export * from './check.ts';
export * from './reference-scores.ts';
export * from './store-conformance.ts';
export * from './task-conformance.ts';
export * from './model-conformance.ts';
