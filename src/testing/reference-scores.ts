import { measureReferences, type Simulator, TaskError } from '../contracts/index.ts';
import { randomStream } from '../core/index.ts';
import { type JointPolicy, play } from './joint-policies.ts';

/**
 * The mean score of each policy over the first `count` reference instances of a task. The seeds are fixed, so
 * the same task and policies give the same numbers.
 */
export function meanScores<Name extends string>(
  task: Simulator,
  policies: Readonly<Record<Name, JointPolicy>>,
  count: number,
): Record<Name, number> {
  const names = Object.keys(policies) as Name[];
  const means = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
  for (let k = 0; k < count; k++) {
    const instance = task.generate(randomStream('reference-scores', k));
    const { high: oracle, low: random } = measureReferences(
      task,
      instance,
      randomStream('reference-random', k),
    );
    for (const name of names) {
      const reached = play(task, instance, policies[name], randomStream('reference-policy', name, k));
      means[name] += (reached - random) / (oracle - random) / count;
    }
  }
  return means;
}

/** Every agent's expert first announces what it would do alone, then answers the announcements of the others. */
export const announcingPolicy: JointPolicy = (environment, task) => {
  const { expert } = task;
  if (!expert) throw new TaskError('This task has no expert.');
  const plans = task.agentNames.map((_, agent) => expert(environment, agent, []));
  return plans.map((_, agent) =>
    expert(
      environment,
      agent,
      plans.map((plan, other) => (other === agent ? undefined : plan)),
    ),
  );
};
