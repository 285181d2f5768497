import type { RandomStream } from '../../../core/index.ts';

/** How one of several possibilities is drawn. */
export interface SamplingSettings {
  /** Exponent 1 / temperature on every probability; 0 takes the most likely, the first of equals. */
  readonly temperature: number;
  /** Keeps the fewest possibilities, most likely first, whose probabilities reach this sum; 1 keeps all. */
  readonly topP: number;
  /** Keeps that many of the most likely; 0 keeps all. */
  readonly topK: number;
  /** Keeps what is at least this share as likely as the most likely; 0 keeps all. */
  readonly minP: number;
}

/** The model's own distribution. */
export const plainSampling: SamplingSettings = { temperature: 1, topP: 1, topK: 0, minP: 0 };

/** Natural logarithms of the softmax. */
export function logSoftmax(logits: ArrayLike<number>): number[] {
  let top = -Infinity;
  for (let k = 0; k < logits.length; k++) top = Math.max(top, logits[k]);
  let total = 0;
  for (let k = 0; k < logits.length; k++) total += Math.exp(logits[k] - top);
  const offset = top + Math.log(total);
  return Array.from(logits, (x) => x - offset);
}

/**
 * The distribution that is drawn from: temperature first, then top-k, min-p and top-p (nucleus sampling, Holtzman
 * et al. 2019, arXiv 1904.09751), each on what the one before it has left, renormalised.
 *
 * @param logProbabilities natural logarithms, at least one finite
 * @returns one probability each, summing to 1
 * @throws RangeError when none is finite, or one is no number
 */
export function samplingDistribution(
  logProbabilities: readonly number[],
  { temperature, topP, topK, minP }: SamplingSettings,
): number[] {
  const order = logProbabilities.map((_, k) => k).sort((a, b) => logProbabilities[b] - logProbabilities[a]);
  const [best] = order;
  if (!Number.isFinite(logProbabilities[best]) || logProbabilities.some(Number.isNaN)) {
    throw new RangeError('samplingDistribution: there is nothing to draw from');
  }
  const out = new Array<number>(logProbabilities.length).fill(0);
  if (temperature === 0) {
    out[best] = 1;
    return out;
  }
  const weight = (k: number) => Math.exp((logProbabilities[k] - logProbabilities[best]) / temperature);
  const kept = order.slice(0, topK === 0 ? undefined : topK).filter((k) => weight(k) >= minP);
  const all = kept.reduce((sum, k) => sum + weight(k), 0);
  let sum = 0;
  let size = 0;
  while (size < kept.length && (size === 0 || sum < topP * all)) sum += weight(kept[size++]);
  for (const k of kept.slice(0, size)) out[k] = weight(k) / sum;
  return out;
}

/** Draws an index. Without a choice nothing is drawn from the stream. */
export function sampleIndex(
  logProbabilities: readonly number[],
  settings: SamplingSettings,
  stream: RandomStream,
): { readonly index: number; readonly probability: number } {
  const distribution = samplingDistribution(logProbabilities, settings);
  const certain = distribution.indexOf(1);
  const index = certain >= 0 ? certain : stream.categorical(distribution);
  return { index, probability: distribution[index] };
}
