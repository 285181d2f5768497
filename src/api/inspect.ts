import {
  createTask,
  type JsonObject,
  offeredActions,
  type References,
  TaskError,
} from '../contracts/index.ts';
import { randomStream, UnknownIdError } from '../core/index.ts';
import { composePrompt } from '../prompt/index.ts';
import { checkOptions } from '../study/factor-levels.ts';
import { instanceStream } from '../episode/index.ts';
import type { Catalogue } from '../study/resolve.ts';
import { builtInCatalogue } from './catalogue.ts';

/** One instance of a task as its agents meet it in the first step. */
export interface TaskView {
  readonly id: string;
  readonly options: JsonObject;
  readonly seed: number;
  readonly instance: unknown;
  /** What every agent reads first. */
  readonly rules: string;
  readonly agents: readonly {
    readonly name: string;
    readonly prompt: string;
    readonly availableActions: readonly string[];
  }[];
  readonly references: References;
}

/** The instance that a study with this seed plays in its first episode. */
export function viewTask(
  id: string,
  {
    seed = 0,
    options = {},
    catalogue = builtInCatalogue,
  }: { seed?: number; options?: JsonObject; catalogue?: Catalogue } = {},
): TaskView {
  const definition = catalogue.tasks.find((task) => task.id === id);
  if (!definition)
    throw new UnknownIdError(
      'task',
      id,
      catalogue.tasks.map((task) => task.id),
    );
  const resolved = checkOptions('task', definition, options, () => undefined);
  const task = createTask(definition, resolved);
  const instance = task.generate(instanceStream(id, seed, 0), 'test');
  const environment = task.start(instance);
  if (environment.done) throw new TaskError(`The task "${id}" ends before its first step.`);
  return {
    id,
    options: resolved,
    seed,
    instance,
    rules: task.rules,
    agents: task.agentNames.map((name, agent) => {
      const availableActions = offeredActions(environment, agent).map((a) => task.actions[a]);
      const prompt = composePrompt({
        agentName: name,
        observation: environment.observe(agent),
        availableActions,
      });
      return { name, prompt, availableActions };
    }),
    references: task.references(instance, randomStream('references', id, seed, 0)),
  };
}
