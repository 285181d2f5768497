import {
  createTask,
  type JsonObject,
  type Offer,
  offeredActions,
  type References,
  TaskError,
  nobodyJudges,
} from '../contracts/index.ts';
import { randomStream, UnknownIdError } from '../core/index.ts';
import { composeWith, choicesText, writeInstruction } from '../prompt/index.ts';
import { checkOptions } from '../study/factor-levels.ts';
import { studyInstance } from '../episode/index.ts';
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
    /** Whether it chooses, writes, or only talks. */
    readonly offered: Offer['kind'];
    readonly availableActions: readonly string[];
  }[];
  /** True where these are an oracle and random play; else they are the bounds that the task declares. */
  readonly simulated: boolean;
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
  const { instance } = studyInstance(task, id, seed, 0);
  const environment = task.start(instance, nobodyJudges);
  if (environment.done) throw new TaskError(`The task "${id}" ends before its first step.`);
  const view: TaskView = {
    id,
    options: resolved,
    seed,
    instance,
    rules: task.rules,
    agents: task.agentNames.map((name, agent) => {
      const offer = environment.offer(agent);
      const availableActions = offeredActions(environment, agent).map((a) => task.actions[a]);
      const parts = { agentName: name, observation: environment.observe(agent) };
      const prompt = composeWith(parts, endingOf(offer, availableActions)).trim();
      return { name, prompt, offered: offer.kind, availableActions };
    }),
    simulated: task.simulator !== undefined,
    references: task.references(instance, randomStream('references', id, seed, 0)),
  };
  // Whatever goes wrong in letting go of it is no part of what was looked at.
  void environment.close?.().catch(() => {});
  return view;
}

/** What is asked of an agent; nothing of one that only talks where a strategy lets it. */
function endingOf(offer: Offer, availableActions: readonly string[]): string {
  if (offer.kind === 'none') return '';
  return offer.kind === 'choice'
    ? choicesText(availableActions)
    : writeInstruction(offer.maxTokens, offer.form);
}
