export * from './contributions.ts';
export * from './estimators.ts';
export * from './evaluate-team.ts';
export * from './monitors.ts';
export * from './problems.ts';
export * from './rollout.ts';
export * from './train-writers.ts';
