/** The parts of a strategy that a study can take away, one at a time. */
export const strategyParts = ['credit', 'messages', 'shaping'] as const;
export type StrategyPart = (typeof strategyParts)[number];
