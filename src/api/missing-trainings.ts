import { createTask, type TrainingNeed } from '../contracts/index.ts';
import { InputError } from '../core/index.ts';
import { isTrained, weightFileName } from '../strategies/parts/network/weight-files.ts';
import { combinations, levelsFor, resolved, type ResolvedStudy } from '../study/index.ts';

/**
 * The trainings that a study's strategies act by and that are nowhere: each once, in the order in which the study
 * meets them. Tasks and options that cannot be built are left for the preparation to tell.
 */
export function missingTrainings({ tasks, strategies, factors, seeds }: ResolvedStudy): TrainingNeed[] {
  const found = new Map<string, TrainingNeed>();
  for (const combination of combinations(factors)) {
    for (const entry of tasks) {
      const taskOptions = attempted(() => resolved('task', entry, levelsFor('tasks', factors, combination)));
      const task = taskOptions && attempted(() => createTask(entry.definition, taskOptions));
      if (!task) continue;
      const context = { task, taskId: entry.definition.id, taskOptions };
      for (const { definition, without, ...rest } of strategies) {
        const levels = levelsFor('strategies', factors, combination);
        const options = attempted(() => resolved('strategy', { definition, ...rest }, levels));
        if (!options) continue;
        for (const seed of seeds) {
          for (const need of definition.trainings?.(options, { ...context, seed }, without) ?? []) {
            const name = weightFileName(need.key);
            const central = need.central || (found.get(name)?.central ?? false);
            found.set(name, { ...need, central });
          }
        }
      }
    }
  }
  return [...found.values()].filter((need) => !isTrained(need));
}

function attempted<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
