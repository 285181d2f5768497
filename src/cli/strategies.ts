import type { Command } from 'commander';
import { listCommand } from './catalogue-list.ts';

export function strategiesCommand(program: Command): void {
  listCommand(program, {
    name: 'strategies',
    description: 'list the strategies and the parts that a study can take away from them',
    header: ['id', 'parts', 'central feedback', 'title'],
    definitions: (catalogue) => catalogue.strategies,
    row: (strategy) => [
      strategy.id,
      strategy.parts.join(', ') || '-',
      strategy.training?.central ? 'can' : '-',
      strategy.title,
    ],
    json: (strategy) => ({
      parts: strategy.parts,
      centralFeedback: strategy.training?.central !== undefined,
    }),
    examples: ['agentmesh strategies', 'agentmesh strategies --json'],
  });
}
