import type { RandomStream } from '../core/index.ts';
import { TaskError } from './errors.ts';
import type { Json } from './json.ts';
import type { Simulator } from './simulator.ts';

/** What the score of one instance is measured against. Returns, in reward units. */
export interface References {
  /** A bound on the return, the best one where the task's oracle is exact. */
  readonly high: number;
  /** The mean return of uniformly random play. */
  readonly low: number;
  /** Its standard error; 0 where it is known exactly. */
  readonly lowStandardError: number;
}

/** The standard error of a random reference stays below this share of oracle - random. */
export const referencePrecision = 0.01;

/** The largest difference of two scores that counts as none, where neither the study nor the task says another. */
export const usualMargin = 0.1;

const batch = 256;
const maxRollouts = 1 << 17;

/** The undiscounted return of one episode of uniformly random play. */
export function randomRollout(task: Simulator, instance: Json, stream: RandomStream): number {
  const environment = task.start(instance);
  let total = 0;
  while (!environment.done) {
    total += environment.step(
      task.agentNames.map((_, agent) => stream.pick(environment.availableActions(agent))),
    );
  }
  return total;
}

/**
 * Oracle and random reference of one instance. The random return is exact where the task knows it; otherwise
 * the mean over rollouts, in batches until its standard error is below 1% of oracle - random.
 *
 * @throws TaskError when random play is as good as the oracle, so that no score exists
 */
export function measureReferences(task: Simulator, instance: Json, stream: RandomStream): References {
  const oracle = task.oracle(instance);
  const exact = task.randomReturn?.(instance);
  if (exact !== undefined) return checked({ high: oracle, low: exact, lowStandardError: 0 });
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (;;) {
    for (let k = 0; k < batch; k++) {
      const value = randomRollout(task, instance, stream);
      count++;
      const delta = value - mean;
      mean += delta / count;
      squares += delta * (value - mean);
    }
    const standardError = Math.sqrt(squares / (count - 1) / count);
    if (standardError < referencePrecision * (oracle - mean) || count >= maxRollouts) {
      return checked({ high: oracle, low: mean, lowStandardError: standardError });
    }
  }
}

function checked(references: References): References {
  const { high: oracle, low: random, lowStandardError: randomStandardError } = references;
  if (!(randomStandardError < referencePrecision * (oracle - random))) {
    throw new TaskError(
      `This instance has no usable score: its oracle is ${oracle} and random play returns ${random} ` +
        `(standard error ${randomStandardError}). The generator must reject instances with so little between them.`,
    );
  }
  return references;
}

/** (return - random) / (oracle - random): 0 for random play, 1 for the oracle, not clipped. */
export function scoreOf(episodeReturn: number, references: References): number {
  return (episodeReturn - references.low) / (references.high - references.low);
}
