import {
  type ScoredText,
  type TeamPlan,
  TrainingError,
  type Tuner,
  type WeightedText,
} from '../../contracts/index.ts';
import type { Critics } from './critics.ts';
import { estimators, jointSamples, ownReturns, standardised } from './estimators.ts';
import { distinctOf, entropyOf, flatOf, type Health } from './monitors.ts';
import { mean, type Node, type Rollout } from './rollout.ts';

/** Who learns and how. */
export interface Learners {
  readonly agents: readonly string[];
  readonly plan: TeamPlan;
  /** The model of each agent, and each once. */
  readonly acting: readonly Tuner[];
  readonly tuners: readonly Tuner[];
  /** As they began, for a plan that stays near that. */
  readonly references?: readonly Tuner[];
  readonly critics?: Critics;
  /** Is shown what each agent learns from, turn by turn, before anything moves. */
  readonly onRows?: (nodes: readonly Node[], rows: readonly Row[], agent: number, turn: number) => void;
}

/** The gradient of all turns, one step per set of weights. */
export async function learn(
  { agents, plan, acting, tuners, references, critics, onRows }: Learners,
  { turns }: Rollout,
  update: number,
  /** Whether how far the step went is measured, which costs a reading. */
  measured: boolean,
): Promise<Health> {
  let samplerGap = 0;
  const learned: { readonly rows: readonly Row[]; readonly logs: readonly Float32Array[] }[] = [];
  const expected = await critics?.expect(acting, turns.flat());
  for (const agent of agents.keys()) {
    const rows = turns.flatMap((nodes, turn) => {
      const own = rowsOf(nodes, agent, acting.length, plan, expected?.[agent]);
      onRows?.(nodes, own, agent, turn);
      return own;
    });
    const told = rows.filter(({ weight }) => weight !== 0);
    const weighted =
      plan.kl > 0 ? await kept(rows, references![tuners.length === 1 ? 0 : agent], plan.kl) : told;
    const logs = await acting[agent].accumulate(weighted);
    learned.push({
      rows: told,
      logs: plan.kl > 0 ? told.map(({ logProbabilities }) => logProbabilities) : logs,
    });
    weighted.forEach(({ logProbabilities }, k) => {
      for (const [t, log] of logProbabilities.entries())
        samplerGap = Math.max(samplerGap, Math.abs(log - logs[k][t]));
    });
  }
  critics?.learn(turns.flat(), (node, agent) => mean(worthOf(node, agent, plan)));
  const norms: number[] = [];
  for (const [k, tuner] of tuners.entries()) {
    const norm = await tuner.step(plan.learningRate);
    if (!Number.isFinite(norm)) {
      const whose = tuners.length === 1 ? 'the team' : agents[k];
      throw new TrainingError(
        `The gradient of ${whose} is not finite at update ${update}: nothing has moved. Lower \`learningRate\` (${plan.learningRate}).`,
      );
    }
    norms.push(norm);
  }
  const change: number[] = [];
  if (measured) for (const [agent, own] of learned.entries()) change.push(await changeOf(acting[agent], own));
  const [nodes] = turns;
  return {
    entropy: agents.map((_, agent) => entropyOf(nodes.flatMap(({ samples }) => samples[agent]))),
    distinct: agents.map((_, agent) => distinctOf(nodes, agent)),
    flat: flatOf(nodes),
    gradientNorm: norms,
    ...(measured && { change }),
    samplerGap,
  };
}

/** Mean absolute difference of the tokens' log-probabilities, before and now. */
async function changeOf(
  tuner: Tuner,
  { rows, logs }: { readonly rows: readonly Row[]; readonly logs: readonly Float32Array[] },
): Promise<number> {
  if (rows.length === 0) return 0;
  const now = await tuner.score(rows);
  return mean(now.flatMap((row, k) => [...row.map((log, t) => Math.abs(log - logs[k][t]))]));
}

/** A sample of an agent, what it was worth, and what it weighs in the gradient: its advantage over all samples. */
export type Row = WeightedText & {
  readonly worth: number;
  readonly weight: number;
  readonly logProbabilities: Float32Array;
};

/** What each joint action is worth to an agent: its payment, and the mean of what follows or a critic's word for it. */
export function worthOf(
  { outcomes, next }: Node,
  agent: number,
  plan: Pick<TeamPlan, 'reward'>,
  expected?: (node: Node) => number,
): number[] {
  return outcomes.map(({ reward, own }, k) => {
    if (plan.reward === 'own' && !own)
      throw new TrainingError(
        'The task pays nobody for its own part: there is one reward for all. Leave out `reward: own`.',
      );
    const after = next[k];
    const later = after && (expected ? expected(after) : mean(worthOf(after, agent, plan)));
    return (plan.reward === 'own' ? own![agent] : reward) + (later ?? 0);
  });
}

/**
 * What one agent learns from in one turn.
 * @param expected what its critic takes a question to be worth
 */
export function rowsOf(
  nodes: readonly Node[],
  agent: number,
  agents: number,
  plan: Pick<TeamPlan, 'group' | 'grouping' | 'estimator' | 'normalise' | 'reward'>,
  expected?: (node: Node) => number,
): Row[] {
  const { group, grouping, estimator, normalise } = plan;
  const joint = jointSamples(agents, group, grouping);
  const returns = nodes.map((node) => ownReturns(worthOf(node, agent, plan, expected), joint, agent, group));
  const advantages = estimators[estimator](returns, expected && nodes.map(expected));
  return nodes.flatMap(({ requests, samples }, n) => {
    const own = normalise ? standardised(advantages[n]) : advantages[n];
    return samples[agent].map(({ tokens, logProbabilities }, g) => ({
      request: requests[agent],
      ...{ tokens, logProbabilities },
      worth: returns[n][g],
      weight: own[g] / (nodes.length * group),
    }));
  });
}

/** The same with what every token costs that has become likelier than it was in the beginning. */
async function kept(rows: readonly Row[], reference: Tuner, coefficient: number) {
  const before = await reference.score(rows satisfies readonly ScoredText[]);
  return rows.map((row, k) => ({
    ...row,
    weight: row.logProbabilities.map(
      (log, t) => row.weight - (coefficient / rows.length) * (log - before[k][t]),
    ),
  }));
}
