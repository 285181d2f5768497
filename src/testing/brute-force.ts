import type { Simulation, Simulator } from '../contracts/index.ts';

/**
 * The best return of any joint plan, by trying all of them from every situation once.
 *
 * Situations are told apart by their snapshot's JSON, so a snapshot must be plain data. Exponential: only for
 * instances with a few thousand reachable situations.
 */
export function bestReturn(
  task: Simulator,
  environment: Simulation,
  memo = new Map<string, number>(),
): number {
  if (environment.done) return 0;
  const snapshot = environment.snapshot();
  const key = JSON.stringify(snapshot);
  const known = memo.get(key);
  if (known !== undefined) return known;
  let best = -Infinity;
  for (const joint of jointActions(task, environment)) {
    const reward = environment.step(joint);
    best = Math.max(best, reward + bestReturn(task, environment, memo));
    environment.restore(snapshot);
  }
  memo.set(key, best);
  return best;
}

function jointActions(task: Simulator, environment: Simulation): number[][] {
  return task.agentNames
    .map((_, agent) => environment.availableActions(agent))
    .reduce<number[][]>(
      (joints, actions) => joints.flatMap((joint) => actions.map((a) => [...joint, a])),
      [[]],
    );
}
