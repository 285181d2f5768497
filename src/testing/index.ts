export * from './brute-force.ts';
export * from './check.ts';
export { expertPolicy, type JointPolicy, play } from './joint-policies.ts';
export * from './reference-scores.ts';
export * from './store-conformance.ts';
export { randomEpisode } from './store-samples.ts';
export type { PerturbHidden } from './task-checks.ts';
export * from './task-conformance.ts';
export * from './model-conformance.ts';
