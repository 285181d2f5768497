/** Trainings of a second, of every learner, for the tests. */
import type { NamedWeights, StrategyDefinition } from '../contracts/index.ts';
import * as strategies from '../strategies/index.ts';
import { coverage } from '../tasks/coverage.ts';
import { type StrategyTraining, trainStrategy } from './marl-strategy.ts';

const all: readonly StrategyDefinition[] = Object.values(strategies);
export const trainable = all.flatMap(({ training }) => (training ? [training] : []));

/**
 * 200 updates: three looks at the checkpoint, a replay memory that is full before the first, four target copies. The
 * task is shaped.
 */
export async function tinyTraining(id: string, more: Partial<StrategyTraining> = {}): Promise<NamedWeights> {
  const strategy = trainable.find((training) => training.id === id)!;
  const options = strategy.trainingSchema.parse({
    updates: 200,
    hidden: 6,
    newSteps: 12,
    batchSteps: 24,
    replayEpisodes: 40,
    ...(optionNames(strategy).includes('targetEvery') && { targetEvery: 45 }),
  });
  const taskOptions = coverage.optionsSchema.parse({ horizon: 6, grid: 4 });
  const { weights } = await trainStrategy({
    ...{ strategy, options, without: [], trainingSeed: 3 },
    ...{ task: coverage.create(taskOptions), taskId: 'coverage' },
    ...more,
  });
  return weights;
}

function optionNames({ trainingSchema }: (typeof trainable)[number]): string[] {
  return Object.keys(trainingSchema.parse({}));
}
