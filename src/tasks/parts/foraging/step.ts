import { type ForagingState, type ForagingWorld, loadAction } from './world.ts';

/** Where everybody stands after a joint action, and which foods are left. */
export function foragingStep(
  world: ForagingWorld,
  state: ForagingState,
  jointAction: readonly number[],
): { readonly cells: readonly number[]; readonly left: number } {
  const { levels, foodLevels } = world.instance;
  const cells = moved(world, state.cells, jointAction);
  let left = state.left;
  for (let k = 0; k < foodLevels.length; k++) {
    if (!((left >> k) & 1)) continue;
    let loading = 0;
    for (let i = 0; i < jointAction.length; i++) {
      if (jointAction[i] === loadAction && (world.foodsBeside[state.cells[i]] >> k) & 1) loading += levels[i];
    }
    if (loading >= foodLevels[k]) left &= ~(1 << k);
  }
  return { cells, left };
}

/**
 * Where the agents stand after a joint action. Agents that target one cell all stay put; an agent that stays
 * holds its cell, which may stop another, so conflicts are resolved until none is left.
 */
function moved(
  world: ForagingWorld,
  cells: readonly number[],
  jointAction: readonly number[],
): readonly number[] {
  const agents = cells.length;
  const targets = new Array<number>(agents);
  for (let i = 0; i < agents; i++) {
    targets[i] = jointAction[i] === loadAction ? cells[i] : world.neighbour(cells[i], jointAction[i]);
  }
  for (;;) {
    let clashing = 0;
    for (let i = 0; i < agents; i++) {
      for (let j = 0; j < i; j++) if (targets[i] === targets[j]) clashing |= (1 << i) | (1 << j);
    }
    if (clashing === 0) return targets;
    for (let i = 0; i < agents; i++) if ((clashing >> i) & 1) targets[i] = cells[i];
  }
}
