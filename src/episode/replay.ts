import {
  type Action,
  type Environment,
  type Json,
  nobodyJudges,
  type PastStep,
  type ProtocolStep,
  type Task,
} from '../contracts/index.ts';
import { outcomeOf } from './held-task.ts';

/** See `ProtocolStep.replay`. @param past as it is when a replay is asked for */
export function replayOf(
  task: Task,
  instance: Json,
  past: readonly PastStep[],
): NonNullable<ProtocolStep['replay']> {
  return async (step, agent, action) => {
    const environment = task.start(instance, nobodyJudges);
    let earned = 0;
    try {
      for (const [k, { actions, attempt }] of past.entries()) {
        if (attempt !== past[step].attempt || environment.done) continue;
        const joint = k === step ? actions.map((own, a) => (a === agent ? action : own)) : actions;
        if (!isOffered(environment, joint)) break;
        const { reward } = await outcomeOf(environment, joint, k + 1);
        if (k >= step) earned += reward;
      }
    } finally {
      await environment.close?.();
    }
    return earned;
  };
}

function isOffered(environment: Environment, joint: readonly Action[]): boolean {
  return joint.every((action, agent) => {
    const offer = environment.offer(agent);
    return offer.kind !== 'choice' || offer.actions.includes(action as number);
  });
}
