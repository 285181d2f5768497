import { type Simulation, type Json, type Simulator, TaskError } from '../contracts/index.ts';
import type { RandomStream } from '../core/index.ts';

/** A joint policy that may look at everything; used to try whether anything beats the oracle. */
export type JointPolicy = (
  environment: Simulation,
  task: Simulator,
  stream: RandomStream,
) => readonly number[];

/** The return of an episode under a joint policy. */
export function play(task: Simulator, instance: Json, policy: JointPolicy, stream: RandomStream): number {
  const environment = task.start(instance);
  let total = 0;
  while (!environment.done) total += environment.step(policy(environment, task, stream));
  return total;
}

export const randomJointAction: JointPolicy = (environment, task, stream) =>
  task.agentNames.map((_, agent) => stream.pick(environment.availableActions(agent)));

/** Best immediate team reward, one agent after the other, ties at random. */
export const greedyPolicy: JointPolicy = (environment, task, stream) => {
  const joint = [...randomJointAction(environment, task, stream)];
  for (let agent = 0; agent < joint.length; agent++) {
    let best = -Infinity;
    for (const action of stream.shuffle(environment.availableActions(agent))) {
      const trial = environment.copy();
      const reward = trial.step(joint.map((a, other) => (other === agent ? action : a)));
      if (reward > best) {
        best = reward;
        joint[agent] = action;
      }
    }
  }
  return joint;
};

/** Every agent played by the task's expert, without announcements. */
export const expertPolicy: JointPolicy = (environment, task) =>
  task.agentNames.map((_, agent) => {
    if (!task.expert) throw new TaskError('This task has no expert.');
    return task.expert(environment, agent, []);
  });
