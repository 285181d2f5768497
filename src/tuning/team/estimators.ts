import type { EstimatorId, Grouping } from '../../contracts/index.ts';

/**
 * What a sample is worth to learn from. Each estimator takes the returns of one agent's samples, group by group, where a
 * group answers the same question, and gives an advantage for each. With G samples, advantages are used as
 * (1 / G) sum of advantage times gradient of log-probability; what that is on average, as a multiple of the true
 * gradient of the expected return, stands with each. Enumerating all groups of a small game confirms it.
 */
export type Estimator = (
  groups: readonly (readonly number[])[],
  /** What a critic takes each group's question to be worth, for those that have one. */
  values?: readonly number[],
) => number[][];

const mean = (xs: readonly number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
const each =
  (of: (returns: readonly number[]) => number[]): Estimator =>
  (groups) =>
    groups.map(of);
const minusValue: Estimator = (groups, values = []) =>
  groups.map((returns, n) => returns.map((r) => r - values[n]));

export const estimators = {
  /** Minus the mean of the others (REINFORCE leave-one-out, Kool et al. 2019): exactly the gradient. */
  marloo: each((returns) => {
    const sum = returns.reduce((all, r) => all + r, 0);
    return returns.map((r) => r - (sum - r) / (returns.length - 1));
  }),
  /** Minus the group's mean, MAGRPO (Liu et al. 2025, arXiv 2508.04652): (G - 1) / G of the gradient. */
  'group-mean': each((returns) => {
    const m = mean(returns);
    return returns.map((r) => r - m);
  }),
  /** Nothing is taken away: the gradient, with the largest variance. */
  mareinforce: each((returns) => [...returns]),
  /** Minus the group's best: biased, and with two aligned samples it points the wrong way. */
  maremax: each((returns) => {
    const most = Math.max(...returns);
    return returns.map((r) => r - most);
  }),
  /** Standardised over all of the agent's samples in the batch, not within groups (Dr. MAS, agent-wise). */
  'dr-mas': (groups) => {
    const all = groups.flat();
    const m = mean(all);
    const deviation = Math.sqrt(mean(all.map((r) => (r - m) ** 2)));
    return groups.map((returns) => returns.map((r) => (deviation > 0 ? (r - m) / deviation : 0)));
  },
  /** Minus what the agent's own critic expects of its question (independent actor and critic): the gradient. */
  iac: minusValue,
  /** Minus what a critic expects that reads what all agents read: the gradient. */
  maac: minusValue,
} as const satisfies Readonly<Record<EstimatorId, Estimator>>;

/**
 * Divides each group's advantages by their standard deviation; groups without spread stay 0. It makes marloo, group-mean,
 * mareinforce and maremax one estimator whose optimum is another: it counts how often an action wins, not what it earns.
 */
export function standardised(advantages: readonly number[]): number[] {
  const m = mean(advantages);
  const deviation = Math.sqrt(mean(advantages.map((a) => (a - m) ** 2)));
  return advantages.map((a) => (deviation > 1e-12 ? (a - m) / deviation : 0));
}

/** Joint actions as one sample's number per agent: the samples of one number together, or every combination. */
export function jointSamples(
  agents: number,
  group: number,
  grouping: Grouping,
): readonly (readonly number[])[] {
  if (grouping === 'aligned')
    return Array.from({ length: group }, (_, g) => Array.from({ length: agents }, () => g));
  let joint: number[][] = [[]];
  for (let agent = 0; agent < agents; agent++)
    joint = joint.flatMap((before) => Array.from({ length: group }, (_, g) => [...before, g]));
  return joint;
}

/** What each sample of an agent returned: the mean, never the sum, over the joint actions that hold it. */
export function ownReturns(
  returns: readonly number[],
  joint: readonly (readonly number[])[],
  agent: number,
  group: number,
): number[] {
  const sums = new Array<number>(group).fill(0);
  const counts = new Array<number>(group).fill(0);
  joint.forEach((members, k) => {
    sums[members[agent]] += returns[k];
    counts[members[agent]]++;
  });
  return sums.map((sum, g) => sum / counts[g]);
}
