/**
 * The distribution that an agent acts from: pi(a) proportional to p(a) * exp(advice(a)).
 *
 * This is the closed form of maximising E_pi[advice] - KL(pi || p). The largest exponent is subtracted first,
 * so strong advice does not overflow; without any advice the model's distribution is returned as it is, byte
 * for byte.
 *
 * @param distribution the model's probabilities over the available actions
 * @param advice log-weights in nats, one per available action
 */
export function fuse(
  distribution: readonly number[],
  advice: readonly number[] | undefined,
): readonly number[] {
  if (!advice || advice.every((x) => x === 0)) return distribution;
  if (advice.length !== distribution.length) {
    throw new RangeError(`fuse: ${advice.length} log-weights for ${distribution.length} available actions`);
  }
  const logits = distribution.map((p, a) => Math.log(p) + advice[a]);
  const top = Math.max(...logits);
  const weights = logits.map((x) => Math.exp(x - top));
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => w / total);
}
