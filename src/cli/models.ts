import type { Command } from 'commander';
import { listCommand } from './catalogue-list.ts';

export function modelsCommand(program: Command): void {
  listCommand(program, {
    name: 'models',
    description: 'list the models that ship with the package',
    header: ['id', 'title'],
    definitions: (catalogue) => catalogue.models,
    row: (model) => [model.id, model.title],
    json: () => ({}),
    examples: ['agentmesh models', 'agentmesh models --json'],
  });
}
