import { type AnyTaskDefinition, createTask, type JsonObject, type Task } from '../contracts/index.ts';
import { InputError } from '../core/index.ts';

/**
 * The same task in one turn, in two, and so on to all of them: what `curriculum: turns` trains on in turn.
 * @throws InputError for a task of one turn, or without an option `turns`
 */
export function lessonsOf(definition: AnyTaskDefinition, options: JsonObject): readonly Task[] {
  const { turns } = options;
  if (typeof turns !== 'number' || turns < 2)
    throw new InputError(
      `\`curriculum: turns\` trains on one turn first and then on more, and the task "${definition.id}" has ` +
        (turns === undefined ? 'no option `turns`.' : 'one turn here. Give it more: `--param turns=2`.'),
    );
  return Array.from({ length: turns }, (_, k) => createTask(definition, { ...options, turns: k + 1 }));
}
