import type { TeamShape } from '../../../contracts/index.ts';
import { lax, mlp, nn, np, type Params, type Tensor } from '../../../nn/index.ts';
import { lambdaReturns, maskedMean } from './batch-tensors.ts';
import { entropy, flooredPolicy, logPolicy, standardized } from './policy.ts';

/**
 * The counterfactual baseline of each agent: what the critic expects when this agent alone draws its action from its
 * policy and the others keep theirs:
 *
 *   b^a = sum over u' of pi^a(u') Q(s, (u^{-a}, u')).
 *
 * It does not depend on what the agent did, so taking it off any return adds no bias. Foerster et al. 2018,
 * arXiv 1705.08926. Consumes everything.
 *
 * @param q the critic's value of every own action, the others' fixed, [rows, actions]
 * @param policy probabilities, 0 for unavailable actions, [rows, actions]
 * @returns [rows]
 */
export function counterfactualBaseline(q: Tensor, policy: Tensor): Tensor {
  return policy.mul(q).sum(-1);
}

export type CriticData = {
  /** [rows * agents, inputs] */
  inputs: Tensor;
  /** [rows, stateLength], padded; read by the baseline V alone */
  states: Tensor;
  taken: Tensor;
  rewards: Tensor;
  mask: Tensor;
  fromRewards: Tensor;
  fromValues: Tensor;
  target: Tensor;
};

export type ActorData = {
  inputs: Tensor;
  available: Tensor;
  exploration: Tensor;
  /** What the critic is asked, and its parameters as one vector. */
  judged: CriticData;
};

/** What the losses of actor and critic depend on. */
export interface CreditOptions {
  readonly entropyWeight: number;
  /** Divide advantages by their spread in the batch, after taking out their mean. */
  readonly standardizeAdvantages: boolean;
  /** What is taken off the return: `counterfactual` as published, or V(s), the same for all agents. */
  readonly baseline: 'counterfactual' | 'value';
}

/** The mean of (Q(s, u) - G_lambda)^2 over steps, and of (V(s) - G_lambda)^2 with that baseline. Consumes its arguments. */
export function criticLoss({ agents, actions }: TeamShape, { baseline }: CreditOptions) {
  return (live: Params, data: CriticData, unpack: (vector: Tensor) => Params): Tensor => {
    const [rows] = data.mask.shape;
    const taken = nn.oneHot(data.taken, actions);
    const valueOfTaken = (params: Params, inputs: Tensor) =>
      mlp(params, 'critic', inputs).mul(taken.ref).sum(-1).reshape([rows, agents]);
    const old = unpack(data.target);
    const next = valueOfTaken(old, data.inputs.ref);
    const goal = lax.stopGradient(
      lambdaReturns(next, data.rewards, data.mask.ref, data.fromRewards, data.fromValues),
    );
    let squared = np.square(valueOfTaken(live, data.inputs).sub(goal.ref));
    taken.dispose();
    if (baseline === 'value') {
      squared = squared.add(np.square(mlp(live, 'baseline', data.states).sub(goal)));
      disposeOf(old, 'baseline');
    } else {
      for (const unused of [data.states, goal]) unused.dispose();
    }
    return maskedMean(squared, data.mask);
  };
}

/** Frees the parameters of a network that is not asked. */
function disposeOf(params: Params, net: string): void {
  for (const [name, tensor] of Object.entries(params)) if (name.startsWith(`${net}.`)) tensor.dispose();
}

/** The policy's loss; the critic's parameters are `judged.target`. Consumes its arguments. */
export function actorLoss(
  { agents, actions }: TeamShape,
  { baseline, entropyWeight, standardizeAdvantages }: CreditOptions,
  unpackCritic: (vector: Tensor) => Params,
) {
  return (live: Params, { inputs, available, exploration, judged }: ActorData): Tensor => {
    const { mask, rewards, fromRewards, fromValues } = judged;
    const [rows] = mask.shape;
    const critic = unpackCritic(judged.target);
    const taken = nn.oneHot(judged.taken, actions);
    const log = logPolicy(mlp(live, 'agent', inputs), available.ref);
    const policy = flooredPolicy(np.exp(log.ref), available, exploration);
    const q = mlp(critic, 'critic', judged.inputs);
    const ofTaken = q.ref.mul(taken.ref).sum(-1).reshape([rows, agents]);
    const goal = lambdaReturns(ofTaken, rewards, mask.ref, fromRewards, fromValues);
    let advantage: Tensor;
    if (baseline === 'counterfactual') {
      judged.states.dispose();
      const expected = counterfactualBaseline(q, lax.stopGradient(policy.ref));
      advantage = goal.sub(expected.reshape([rows, agents]));
    } else {
      q.dispose();
      advantage = goal.sub(mlp(critic, 'baseline', judged.states));
    }
    const weight = lax.stopGradient(standardizeAdvantages ? standardized(advantage, mask.ref) : advantage);
    const chosen = np.log(policy.mul(taken).sum(-1)).reshape([rows, agents]);
    const bonus = entropy(log).reshape([rows, agents]).mul(entropyWeight);
    return maskedMean(chosen.mul(weight).add(bonus), mask).mul(-1 / agents);
  };
}
