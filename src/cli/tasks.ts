import type { Command } from 'commander';
import type { JsonObject, TaskView } from '../api/index.ts';
import { listCommand } from './catalogue-list.ts';
import { assignments, studyOption, wholeNumber } from './options.ts';
import { print, printJson, wrapped } from './output.ts';
import { addPlayCommand } from './tasks-play.ts';
import { addProfileCommand } from './tasks-profile.ts';

interface ShowFlags {
  readonly seed: number;
  readonly option: JsonObject;
  readonly study?: string;
  readonly json?: boolean;
}

export function tasksCommand(program: Command): void {
  const tasks = listCommand(program, {
    name: 'tasks',
    description: 'list the tasks, show one as its agents meet it, play one, or measure its coupling',
    header: ['id', 'type', 'title'],
    definitions: (catalogue) => catalogue.tasks,
    row: (task) => [task.id, task.type, task.title],
    json: (task) => ({ type: task.type, source: task.source }),
    examples: [
      'agentmesh tasks',
      'agentmesh tasks show coverage --seed 3',
      'agentmesh tasks show assembly --option jobs=7',
      'agentmesh tasks show question-set --option file=mine.jsonl',
      'agentmesh tasks show python-problems --option file=HumanEval.jsonl.gz',
      'agentmesh tasks play coverage',
      'agentmesh tasks profile coverage',
    ],
  });
  tasks
    .command('show <id>')
    .description('print one instance: what each agent reads, and what its score is measured against')
    .option('--seed <n>', 'seed of the instance', wholeNumber('--seed'), 0)
    .option('--option <name=value>', 'an option of the task, repeatable', assignments, {})
    .addOption(studyOption())
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
Examples:
  agentmesh tasks show coverage
  agentmesh tasks show assembly --seed 3 --option jobs=7
  agentmesh tasks show hidden-profile --json`,
    )
    .action(async (id: string, flags: ShowFlags) => {
      const { viewTask } = await import('../api/inspect.ts');
      const { catalogueWithOwn } = await import('../api/own-definitions.ts');
      const catalogue = await catalogueWithOwn(flags.study);
      const view = viewTask(id, { seed: flags.seed, options: flags.option, catalogue });
      if (flags.json) printJson(view);
      else print(taskText(view));
    });
  addPlayCommand(tasks);
  addProfileCommand(tasks);
}

function taskText(view: TaskView): string {
  return [
    `${view.id}, seed ${view.seed}, options ${JSON.stringify(view.options)}`,
    `\nInstance:\n${wrapped(JSON.stringify(view.instance), '  ')}`,
    `\nRules, read by everybody:\n${wrapped(view.rules)}`,
    ...view.agents.map((agent) => `\n${agent.name} ${reads[agent.offered]}:\n${wrapped(agent.prompt)}`),
    `\n${referencesText(view)}`,
  ].join('\n');
}

const reads = {
  choice: 'reads',
  text: 'reads',
  none: 'only talks, where the strategy lets it, and reads',
} as const;

function referencesText({ simulated, references: { low, high, lowStandardError } }: TaskView): string {
  if (!simulated)
    return `The score is (return - ${low}) / ${high - low}: from ${low} to ${high}, which the task declares.`;
  const uncertainty = lowStandardError === 0 ? 'exact' : `standard error ${lowStandardError.toFixed(4)}`;
  return `Oracle ${high.toFixed(4)}, random play ${low.toFixed(4)} (${uncertainty}); the score is (return - random) / (oracle - random).`;
}
