import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { Catalogue } from '../api/index.ts';
import { InputError } from '../core/index.ts';
import { print } from './output.ts';

export function initCommand(program: Command): void {
  program
    .command('init [file]')
    .description('write a study file to start from')
    .addHelpText('after', '\nExamples:\n  agentmesh init\n  agentmesh init studies/mine.yaml')
    .action(async (file = 'study.yaml') => {
      const { builtInCatalogue } = await import('../api/catalogue.ts');
      const target = String(file);
      if (existsSync(target))
        throw new InputError(`${target} exists already. Name another file: agentmesh init other.yaml`);
      try {
        writeFileSync(target, template(path.basename(target).replace(/\.ya?ml$/, ''), builtInCatalogue), {
          flag: 'wx',
        });
      } catch (error) {
        throw new InputError(
          `${target} cannot be written (${error instanceof Error ? error.message : String(error)}).`,
        );
      }
      print(`Wrote ${target}. Look it over, then: agentmesh run ${target}`);
    });
}

function template(name: string, { models, strategies, tasks }: Catalogue): string {
  const list = (entries: readonly { readonly id: string }[]) => entries.map((entry) => entry.id).join(', ');
  return `# A study of AgentMesh-STM. Every model meets every strategy, task and seed.
name: ${name.replace(/[^A-Za-z0-9._-]/g, '-')}

# Available: ${list(models)}
models: [pocket-32k]

# Available: ${list(strategies)}
strategies: [none, qmix]

# Available: ${list(tasks)}
# Options go beside the id: {id: coverage, grid: 5}. \`agentmesh tasks show coverage\` shows an instance.
tasks: [coverage]

seeds: 10            # a count, or a list such as [3, 4, 8]
episodes: 1          # per run
maxInteractions: 20  # joint actions in an episode

# Any setting or option as a further factor:
# factors: {temperature: [0.5, 1]}

# Stop before more than this:
# budget: {tokens: 5e6, usd: 5}
`;
}
