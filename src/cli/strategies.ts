import type { Command } from 'commander';
import { listCommand } from './catalogue-list.ts';

export function strategiesCommand(program: Command): void {
  listCommand(program, {
    name: 'strategies',
    description: 'list the strategies and the parts that a study can take away from them',
    header: ['id', 'parts', 'title'],
    definitions: (catalogue) => catalogue.strategies,
    row: (strategy) => [strategy.id, strategy.parts.join(', ') || '-', strategy.title],
    json: (strategy) => ({ parts: strategy.parts }),
    examples: ['agentmesh strategies', 'agentmesh strategies --json'],
  });
}
