export * from './log.ts';
export type { Observation, Observations } from './observations.ts';
export * from './own-task.ts';
export type { Spent, TeamBudget } from './spending.ts';
export * from './team-episode.ts';
export * from './team.ts';
