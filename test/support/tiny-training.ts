/** Trainings of a second, of every learner, for the tests. */
import type { JsonObject, NamedWeights, StrategyDefinition } from '../../src/contracts/index.ts';
import * as strategies from '../../src/strategies/index.ts';
import { coverage } from '../../src/tasks/coverage.ts';
import { type StrategyTraining, trainStrategy } from '../../src/training/train-strategy.ts';

const all: readonly StrategyDefinition[] = Object.values(strategies);
export const trainable = all.flatMap(({ training }) => (training ? [training] : []));

/**
 * 200 updates: three looks at the checkpoint, a replay memory that is full before the first, four target copies. The
 * task is shaped.
 */
export async function tinyTraining(
  id: string,
  more: Partial<StrategyTraining> = {},
  further: JsonObject = {},
): Promise<NamedWeights> {
  const strategy = trainable.find((training) => training.id === id)!;
  const names = Object.keys(strategy.trainingSchema.parse({}));
  const sizes = { batchSteps: 24, replayEpisodes: 40, targetEvery: 45, ...further };
  const options = strategy.trainingSchema.parse({
    ...{ updates: 200, hidden: 6, newSteps: 12 },
    ...Object.fromEntries(Object.entries(sizes).filter(([name]) => names.includes(name))),
  });
  const taskOptions = coverage.optionsSchema.parse({ horizon: 6, grid: 4 });
  const { weights } = await trainStrategy({
    ...{ strategy, options, without: [], trainingSeed: 3 },
    ...{ task: coverage.create(taskOptions), taskId: 'coverage' },
    ...more,
  });
  return weights;
}
