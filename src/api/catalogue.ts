import type { ModelDefinition, StrategyDefinition, AnyTaskDefinition } from '../contracts/index.ts';
import * as models from '../models/index.ts';
import * as strategies from '../strategies/index.ts';
import type { Catalogue } from '../study/resolve.ts';
import * as tasks from '../tasks/index.ts';

export { optionNames } from '../study/factor-levels.ts';

/** Everything that ships with the package. What a folder's `index.ts` exports is in the catalogue. */
export const builtInCatalogue: Catalogue = {
  models: Object.values<ModelDefinition>(models),
  strategies: Object.values<StrategyDefinition>(strategies),
  tasks: Object.values<AnyTaskDefinition>(tasks),
};
