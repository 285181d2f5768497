export { type AgentOptions, asAgent } from './as-agent.ts';
export { asLanguageModel, type LanguageModelOptions } from './as-language-model.ts';
export * from './as-tool.ts';
export * from './log.ts';
export type { Observation, Observations } from './observations.ts';
export * from './own-task.ts';
export type { Spent, TeamBudget } from './spending.ts';
export * from './team-episode.ts';
export * from './team.ts';
