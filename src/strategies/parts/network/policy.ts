import { nn, np, type Tensor } from '../../../nn/index.ts';
import { unavailablePenalty } from './batch-tensors.ts';

/**
 * Log-probabilities [rows, actions] of a softmax over the available actions; about -1e9 elsewhere. Consumes both.
 */
export function logPolicy(logits: Tensor, available: Tensor): Tensor {
  return nn.logSoftmax(logits.add(unavailablePenalty(available)), -1);
}

/** -sum_a p(a) log p(a) in nats, [rows]. Consumes the log-probabilities. */
export function entropy(logProbabilities: Tensor): Tensor {
  return np.exp(logProbabilities.ref).mul(logProbabilities).sum(-1).mul(-1);
}

/**
 * (x - mean) / (standard deviation + 1e-4) over the entries where the mask is 1. Consumes both.
 * @param values [rows, columns] @param mask [rows, 1]
 */
export function standardized(values: Tensor, mask: Tensor): Tensor {
  const [, columns] = values.shape;
  const count = mask.ref.sum().mul(columns);
  const mean = values.ref.mul(mask.ref).sum().div(count.ref);
  const centred = values.sub(mean);
  const variance = np.square(centred.ref).mul(mask).sum().div(count);
  return centred.div(np.sqrt(variance).add(1e-4));
}

/**
 * The policy that is played: (1 - epsilon) pi + epsilon / (number of available actions). Consumes its arguments.
 * @param policy [rows, actions] @param available [rows, actions] @param epsilon scalar
 */
export function flooredPolicy(policy: Tensor, available: Tensor, epsilon: Tensor): Tensor {
  const uniform = available.ref.div(available.sum(-1, { keepdims: true }));
  const floor = uniform.mul(epsilon.ref);
  return policy.mul(np.array(1).sub(epsilon)).add(floor).add(1e-20);
}
