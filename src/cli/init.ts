import { existsSync, lstatSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { Catalogue } from '../api/index.ts';
import { InputError, writeWhole } from '../core/index.ts';
import { print } from './output.ts';
import { schemaAddress } from './schema-address.ts';

export function initCommand(program: Command): void {
  program
    .command('init [file]')
    .description('write a study file to start from')
    .addHelpText('after', '\nExamples:\n  agentmesh init\n  agentmesh init studies/mine.yaml')
    .action(async (file = 'study.yaml') => {
      const { builtInCatalogue } = await import('../api/catalogue.ts');
      const target = String(file);
      // A link that leads nowhere is there, too.
      if (existsSync(target) || lstatSync(target, { throwIfNoEntry: false }))
        throw new InputError(`${target} exists already. Name another file: agentmesh init other.yaml`);
      writeWhole(target, template(studyName(target), schemaAddress(target), builtInCatalogue));
      print(`Wrote ${target}. Look it over, then: agentmesh run ${target}`);
    });
}

/** A study's name from its file's: what its rule allows. */
function studyName(file: string): string {
  const name = path.basename(file).replace(/\.ya?ml$/, '');
  return (
    name
      .replace(/[^A-Za-z0-9._-]/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 100) || 'study'
  );
}

function template(name: string, schema: string, { models, strategies, tasks }: Catalogue): string {
  const list = (entries: readonly { readonly id: string }[]) => entries.map((entry) => entry.id).join(', ');
  return `# yaml-language-server: $schema=${schema}
# A study of AgentMesh-STM. Every model meets every strategy, task and seed.
name: ${name}

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
