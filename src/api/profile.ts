import { couplingProfile, type CouplingProfile } from '../analysis/index.ts';
import { createTask, type JsonObject, simulatorOf } from '../contracts/index.ts';
import { UnknownIdError } from '../core/index.ts';
import { checkOptions } from '../study/factor-levels.ts';
import type { Catalogue } from '../study/resolve.ts';
import { builtInCatalogue } from './catalogue.ts';

/**
 * Measures how much the agents of a task depend on each other (`docs/methods/coupling-profile.md`).
 *
 * @throws UnknownIdError, or InputError when the task has no simulator or is not deterministic given its stream
 */
export function profileTask(
  id: string,
  {
    options = {},
    catalogue = builtInCatalogue,
    ...settings
  }: { options?: JsonObject; catalogue?: Catalogue; seed?: number; episodes?: number } = {},
): CouplingProfile {
  const definition = catalogue.tasks.find((task) => task.id === id);
  if (!definition) {
    throw new UnknownIdError(
      'task',
      id,
      catalogue.tasks.map((task) => task.id),
    );
  }
  const resolved = checkOptions('task', definition, options, () => undefined);
  const simulator = simulatorOf(
    createTask(definition, resolved),
    'A coupling profile',
    'Profile a task that brings one; `agentmesh tasks` lists them',
  );
  return couplingProfile(simulator, id, settings);
}
