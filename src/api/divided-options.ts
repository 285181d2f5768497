import type { AnyTaskDefinition, Json, JsonObject } from '../contracts/index.ts';
import { InputError, nearest } from '../core/index.ts';
import { type AnyDefinition, checkOptions, optionNames } from '../study/factor-levels.ts';

/**
 * Each option goes to whom it belongs: the task first, then the training.
 * @throws InputError for an option that neither has
 */
export function dividedOptions(
  task: AnyTaskDefinition,
  ofTraining: AnyDefinition,
  options: JsonObject,
): { readonly task: JsonObject; readonly training: JsonObject } {
  const taskNames = optionNames(task);
  const trainingNames = optionNames(ofTraining);
  const parts: { task: Record<string, Json>; training: Record<string, Json> } = { task: {}, training: {} };
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (taskNames.includes(name)) parts.task[name] = value;
    else if (trainingNames.includes(name)) parts.training[name] = value;
    else {
      const near = nearest(name, [...taskNames, ...trainingNames]);
      throw new InputError(
        `Unknown parameter "${name}".${near ? ` Did you mean "${near}"?` : ''} ` +
          `Of the task "${task.id}": ${taskNames.join(', ') || 'none'}. ` +
          `Of the training: ${trainingNames.join(', ')}.`,
      );
    }
  }
  const nowhere = () => undefined;
  return {
    task: checkOptions('task', task, parts.task, nowhere),
    training: checkOptions('training of', ofTraining, parts.training, nowhere),
  };
}
