import {
  type Action,
  type Change,
  type Environment,
  type Json,
  nobodyJudges,
  type PastStep,
  type Replay,
  type Supposed,
  type Task,
} from '../contracts/index.ts';
import { canonicalJson } from '../core/index.ts';
import { outcomeOf } from './held-task.ts';

/** See `Replay`. @param past as it is when something is replayed */
export function replayOf(task: Task, instance: Json, past: readonly PastStep[]): Replay {
  /** Plays an attempt with the changes, up to what cannot be done. @returns undefined where not all of it was played */
  const played = async <T>(
    attempt: number,
    changes: readonly Change[],
    end: (environment: Environment, earned: number, whole: boolean) => T,
  ): Promise<T> => {
    const environment = task.start(instance, nobodyJudges);
    const first = Math.min(...changes.map(({ step }) => step));
    let earned = 0;
    let whole = true;
    try {
      for (const [k, step] of past.entries()) {
        if (step.attempt !== attempt) continue;
        const joint = changed(step.actions, changes, k);
        whole = !environment.done && isOffered(environment, joint);
        if (!whole) break;
        const { reward } = await outcomeOf(environment, joint, k + 1);
        if (k >= first) earned += reward;
      }
      return end(environment, earned, whole && !environment.done);
    } finally {
      await environment.close?.();
    }
  };
  const meets = (environment: Environment, _: number, goesOn: boolean): readonly Supposed[] | undefined =>
    goesOn
      ? task.agentNames.map((__, agent) => ({
          offer: environment.offer(agent),
          observation: environment.observe(agent),
        }))
      : undefined;

  return {
    earned: (changes) => played(past[changes[0].step].attempt, changes, (_, earned) => earned),
    met: async (changes) => {
      const { attempt } = past[changes[0].step];
      const now = await played(attempt, [], meets);
      const then = await played(attempt, changes, meets);
      return task.agentNames.map((_, agent) => {
        const [own, other] = [now?.[agent], then?.[agent]];
        return other === undefined || canonicalJson(own) === canonicalJson(other) ? undefined : other;
      });
    },
  };
}

function changed(actions: readonly Action[], changes: readonly Change[], step: number): readonly Action[] {
  const now = changes.filter((change) => change.step === step);
  return actions.map((own, agent) => now.find((change) => change.agent === agent)?.action ?? own);
}

function isOffered(environment: Environment, joint: readonly Action[]): boolean {
  return joint.every((action, agent) => {
    const offer = environment.offer(agent);
    return offer.kind !== 'choice' || offer.actions.includes(action as number);
  });
}
