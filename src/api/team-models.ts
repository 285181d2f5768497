import {
  type AnyTaskDefinition,
  createTask,
  type Model,
  type ModelDefinition,
  nobodyJudges,
  type StrategyDefinition,
  type Task,
  type TeamPlan,
  type Tuner,
} from '../contracts/index.ts';
import { InputError, randomStream, systemClock } from '../core/index.ts';
import { checkOptions, resolveEntry } from '../study/index.ts';
import type { WritingTask } from '../tuning/team/index.ts';

/** What is to be trained, of what there is. */
export interface TeamRequest {
  readonly definition: StrategyDefinition;
  readonly taskDefinition: AnyTaskDefinition;
  readonly plan: TeamPlan;
  readonly models: readonly ModelDefinition[];
  readonly tasks: readonly AnyTaskDefinition[];
}

/** @throws InputError for a task in which not everybody writes */
export function refuseWordless(
  { task }: WritingTask,
  { definition, taskDefinition, tasks }: TeamRequest,
): void {
  const writes = (other: Task) => {
    const instance = other.generate(randomStream('who writes'), 'train');
    const environment = other.start(instance, nobodyJudges);
    return other.agentNames.every((_, agent) => environment.offer(agent).kind === 'text');
  };
  if (writes(task)) return;
  const others = tasks.filter((other) => {
    try {
      return writes(createTask(other, other.optionsSchema.parse({})));
    } catch {
      return false;
    }
  });
  throw new InputError(
    `The strategy "${definition.id}" trains models that write, and in the task "${taskDefinition.id}" not every agent ` +
      `writes. Tasks in which all do: ${others.map(({ id }) => id).join(', ') || 'none'}.`,
  );
}

/** @throws InputError for an estimator whose critics read what a model does not tell */
export function refuseBlind(tuners: readonly Tuner[], named: readonly string[], estimator: string): void {
  const blind = tuners.findIndex((tuner) => !tuner.states);
  if (blind < 0) return;
  throw new InputError(
    `The critics of the estimator "${estimator}" read a model's last hidden state, which "${named[blind]}" does not tell. ` +
      'Take an estimator that compares samples, such as `marloo`.',
  );
}

/** The model of each agent. @throws InputError for one that cannot be trained, or a wrong number of them */
export function agentModels({ plan, models }: TeamRequest, { agentNames }: Task): readonly string[] {
  const { models: named, share } = plan;
  if (named.length !== 1 && named.length !== agentNames.length)
    throw new InputError(
      `There are ${named.length} models for ${agentNames.length} agents (${agentNames.join(', ')}). Name one for all, or one for each.`,
    );
  if (share && new Set(named).size > 1)
    throw new InputError(
      `Agents that share weights are one model; these are ${named.join(', ')}. Name one, or leave out \`share\`.`,
    );
  for (const agent of named) {
    const { definition } = resolveEntry('model', agent, models, { file: '--agents' });
    if (definition.tunable) continue;
    const others = models.filter(({ tunable }) => tunable).map(({ id }) => id);
    throw new InputError(`The model "${agent}" cannot be trained here. These can: ${others.join(', ')}.`);
  }
  return agentNames.map((_, agent) => named[named.length === 1 ? 0 : agent]);
}

/** Each model once. */
export async function openAll(
  named: readonly string[],
  { models }: TeamRequest,
): Promise<ReadonlyMap<string, Model>> {
  const opened = new Map<string, Model>();
  for (const name of new Set(named)) {
    const { definition, options, place } = resolveEntry('model', name, models, { file: '--agents' });
    const checked = checkOptions('model', definition, options, () => place);
    opened.set(name, await definition.create(checked, { clock: systemClock, workers: 1 }));
  }
  return opened;
}
