import { type Json, nobodyJudges, type Split } from '../../contracts/index.ts';
import { contentHash, InputError, type NamePart, randomStream } from '../../core/index.ts';
import type { WritingTask } from './rollout.ts';

/** One in so many problems to train on is kept for validation, by what its agents read. */
const heldBack = 8;
const patience = 1000;

export type ProblemSet = 'train' | 'validation' | 'test';

/**
 * Problems of a set. What agents read at first decides whether a problem is trained on or kept for validation, so the
 * two never share one; those of `test` are the task's own and no part of any training.
 */
export function drawProblems(
  { task, promptOf }: WritingTask,
  set: ProblemSet,
  count: number,
  name: readonly NamePart[],
): Json[] {
  const stream = randomStream(...name);
  const split: Split = set === 'test' ? 'test' : 'train';
  return Array.from({ length: count }, () => {
    for (let tries = 0; tries < patience; tries++) {
      const instance = task.generate(stream, split);
      if (set === 'test') return instance;
      const environment = task.start(instance, nobodyJudges);
      const read = task.agentNames.map((_, agent) => promptOf(environment, agent));
      const kept = Number.parseInt(contentHash(read).slice(0, 8), 16) % heldBack === 0;
      if (kept === (set === 'validation')) return instance;
    }
    throw new InputError(
      `The task has too few different problems to keep one in ${heldBack} for validation: ${patience} draws had none.`,
    );
  });
}
