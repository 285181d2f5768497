/** Trained teams without a language model: greedy play of every shipped training on fresh instances. */
import {
  type ExecutionNetwork,
  type Json,
  measureReferences,
  type References,
  scoreOf,
  type StrategyDefinition,
  type StrategyPart,
  type Task,
  type TaskDefinition,
  teamShape,
} from '../../src/contracts/index.ts';
import { randomStream } from '../../src/core/index.ts';
import * as strategies from '../../src/strategies/index.ts';
import { readWeights, trainingSeeds } from '../../src/strategies/parts/weight-files.ts';
import * as tasks from '../../src/tasks/index.ts';
import { greedyReturn } from '../../src/training/index.ts';

export const teamTasks = ['coverage', 'foraging', 'assembly', 'hidden-profile'] as const;

/** Instances that no training, calibration or study meets, with their references. */
export interface FreshInstances {
  readonly task: Task;
  readonly definition: TaskDefinition;
  readonly instances: readonly Json[];
  readonly references: readonly References[];
}

export function freshInstances(taskId: string, count: number): FreshInstances {
  const definition = Object.values<TaskDefinition>(tasks).find(({ id }) => id === taskId)!;
  const task = definition.create(definition.optionsSchema.parse({}));
  const stream = randomStream('verification of trained teams', taskId);
  const instances = Array.from({ length: count }, () => task.generate(stream));
  const references = instances.map((instance, k) =>
    measureReferences(task, instance, randomStream('verification of trained teams', taskId, 'references', k)),
  );
  return { task, definition, instances, references };
}

export function meanScore(
  { task, instances, references }: FreshInstances,
  network: ExecutionNetwork,
): number {
  let total = 0;
  instances.forEach((instance, k) => {
    total += scoreOf(greedyReturn(task, network, instance), references[k]);
  });
  return total / instances.length;
}

/** All trained variants: the strategies, and each without one of its parts; vdn-credit and qmix-credit once. */
export function teamVariants(): { label: string; definition: StrategyDefinition; without: StrategyPart[] }[] {
  const trained = Object.values<StrategyDefinition>(strategies).filter(({ training }) => training);
  return trained.flatMap((definition) => [
    { label: definition.id, definition, without: [] },
    ...definition.parts
      .filter((part) => part !== 'credit' || definition.id === 'coma')
      .map((part) => ({ label: `${definition.id}-${part}`, definition, without: [part] })),
  ]);
}

/** The mean greedy score of each training seed that ships. */
export function teamScores(
  fresh: FreshInstances,
  { definition, without }: { definition: StrategyDefinition; without: readonly StrategyPart[] },
): number[] {
  const training = definition.training!;
  const options = training.trainingSchema.parse({});
  const { task } = fresh;
  const scores: number[] = [];
  for (let trainingSeed = 0; trainingSeed < trainingSeeds; trainingSeed++) {
    const found = readWeights({
      strategy: training,
      options,
      without,
      task,
      taskId: fresh.definition.id,
      taskOptions: fresh.definition.optionsSchema.parse({}),
      trainingSeed,
    });
    if (found) scores.push(meanScore(fresh, training.network(options, teamShape(task), found.weights)));
  }
  return scores;
}
