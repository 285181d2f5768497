import type { Command } from 'commander';
import type { CouplingProfile, JsonObject } from '../api/index.ts';
import { assignments, studyOption, wholeNumber } from './options.ts';
import { print, printJson } from './output.ts';

interface ProfileFlags {
  readonly seed: number;
  readonly episodes: number;
  readonly option: JsonObject;
  readonly study?: string;
  readonly json?: boolean;
}

export function addProfileCommand(tasks: Command): void {
  tasks
    .command('profile <id>')
    .description('measure how much the agents of a task depend on each other')
    .option('--episodes <n>', 'episodes, one situation of each', wholeNumber('--episodes'), 200)
    .option('--seed <n>', 'seed of what is sampled', wholeNumber('--seed'), 0)
    .option('--option <name=value>', 'an option of the task, repeatable', assignments, {})
    .addOption(studyOption())
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
Situations come from episodes of uniformly random actions; in each, every joint action is tried (at most 256, spread
evenly) and meets the same dice afterwards. A task that is not deterministic given its stream is refused.

Examples:
  agentmesh tasks profile coverage
  agentmesh tasks profile matrix-game --option payoff=penalty
  agentmesh tasks profile foraging --episodes 500 --json`,
    )
    .action(async (id: string, { episodes, seed, option: options, study, json }: ProfileFlags) => {
      const { catalogueWithOwn, profileTask } = await import('../api/index.ts');
      const catalogue = await catalogueWithOwn(study);
      const profile = profileTask(id, { options, catalogue, seed, episodes });
      if (json) printJson(profile);
      else print(profileText(profile));
    });
}

const measures = [
  ['beyondAdditive', 'of what joint actions change in the return, no sum over agents explains'],
  ['beyondMonotone', 'and nothing explains that rises in one utility per agent'],
  ['reach', 'steps later, on average, comes the reward that a joint action changes'],
  ['privateInformation', 'of what an agent’s action is worth, its own observation does not tell'],
  ['redundancy', 'of it, a teammate’s observation tells'],
] as const;

function profileText(profile: CouplingProfile): string {
  const lines = measures.map(([name, says]) => {
    const own = profile[name];
    if (own.estimate === null) return `  not estimable: ${own.reason} (${says})`;
    const range =
      own.low === null || own.high === null ? '' : ` [${own.low.toFixed(2)}, ${own.high.toFixed(2)}]`;
    return `  ${`${own.estimate.toFixed(2)}${range}`.padEnd(20)} ${says}`;
  });
  const { task, episodes, seed } = profile;
  return [`${task}: ${episodes} episodes of random play, seed ${seed}, 95% intervals`, ...lines].join('\n');
}
