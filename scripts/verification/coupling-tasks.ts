/** The settings whose coupling is measured: every task that has levels, with what its agents cannot tell apart. */
import type { JsonObject, Simulator, SimulatorDefinition } from '../../src/contracts/index.ts';
import { assembly } from '../../src/tasks/assembly.ts';
import { coverage } from '../../src/tasks/coverage.ts';
import { foraging } from '../../src/tasks/foraging.ts';
import { hiddenProfile, type HiddenProfileOptions } from '../../src/tasks/hidden-profile.ts';
import { couplingLevels } from '../../src/tasks/parts/coupling.ts';
import {
  type Belief,
  type Policy,
  type Redraw,
  redrawAssembly,
  redrawCoverage,
  redrawForaging,
  replayed,
  unheardClues,
} from './coupling-beliefs.ts';

export interface CoupledTask {
  readonly definition: SimulatorDefinition;
  /** What an agent of the task cannot tell from a situation, when the team plays that policy. */
  readonly belief: (task: Simulator, options: JsonObject, policy: Policy) => Belief;
}

const replaying =
  (redraw: (options: never) => Redraw): CoupledTask['belief'] =>
  (task, options, policy) =>
    replayed(task, redraw(options as never), policy);

export const coupledTasks: readonly CoupledTask[] = [
  { definition: coverage, belief: replaying(redrawCoverage) },
  { definition: foraging, belief: replaying(redrawForaging) },
  { definition: assembly, belief: replaying(redrawAssembly) },
  {
    definition: hiddenProfile,
    belief: (task, options) => unheardClues(task, options as HiddenProfileOptions),
  },
];

export { couplingLevels };
