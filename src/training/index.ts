export * from './logged.ts';
export * from './marl-choose.ts';
export * from './marl-episodes.ts';
export * from './marl-evaluate.ts';
export * from './marl-instances.ts';
export * from './marl-strategy.ts';
export * from './marl-train.ts';
export * from './online.ts';
