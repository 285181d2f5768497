import type { Rule } from 'eslint';

export const strategyIds: readonly string[];
export const noStrategyIds: Rule.RuleModule;
export const noStrategyFlags: Rule.RuleModule;
