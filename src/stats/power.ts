import { InputError } from '../core/index.ts';
import { fQuantile, noncentralFTails } from './distributions/index.ts';
import { requireShare } from './require-finite.ts';

/**
 * Power of an F test: P(F' > F_crit), F' noncentral with noncentrality ncp.
 *
 * @param ncp f^2 N for Cohen's f and N rows
 * @param alpha default 0.05
 */
export function powerOfF(ncp: number, df1: number, df2: number, alpha = 0.05): number {
  requireShare('alpha', alpha);
  const critical = fQuantile(1 - alpha, df1, df2);
  // Missing it would need a numerator of a quarter of its size, or an error so many times its own: both are
  // below 1e-100, and the series would be as long as ncp.
  if (ncp > 1e4 && (df2 * ncp) / (4 * df1 * critical) > 2 * df2 + 1000) return 1;
  return noncentralFTails(critical, df1, df2, ncp).upper.p;
}

export interface ContrastDesign {
  /** Blocks (seeds) in each group (task). */
  readonly blocksPerGroup: number;
  /** Groups the contrast averages over; 1 for a contrast within one task. Default 1. */
  readonly groups?: number;
  /** Standard deviation of the contrast between blocks of one group, in score units. */
  readonly deviation: number;
  /** Default 0.05. */
  readonly alpha?: number;
  /** Number of comparisons that share alpha (Bonferroni); default 1. */
  readonly comparisons?: number;
}

/** Power of the two-sided test of a paired contrast of the given true size, in score units. */
export function powerOfContrast(effect: number, design: ContrastDesign): number {
  const { groups, df, alpha, standardError } = contrastError(design);
  if (groups * design.blocksPerGroup < 2 || df < 1) return 0;
  return powerOfF((effect / standardError) ** 2, 1, df, alpha);
}

/**
 * The smallest true contrast that a study finds with the wanted power: what to print before a study runs.
 *
 * Two-sided t test of a mean of paired differences, df = groups (blocks - 1), solved for the noncentrality.
 *
 * @param power default 0.8
 * @returns score units; Infinity when there are no degrees of freedom
 */
export function minimumDetectableContrast(design: ContrastDesign, power = 0.8): number {
  requireShare('power', power);
  const { df, alpha, standardError } = contrastError(design);
  if (df < 1) return Infinity;
  if (power <= alpha) return 0;
  // The power rises with the noncentrality: bracket, then bisect.
  let low = 0;
  let high = 4;
  while (powerOfF(high, 1, df, alpha) < power) {
    low = high;
    high *= 2;
  }
  for (let i = 0; i < 100 && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (powerOfF(middle, 1, df, alpha) < power) low = middle;
    else high = middle;
  }
  return Math.sqrt((low + high) / 2) * standardError;
}

/**
 * The fewest blocks (seeds) per group with which a contrast of the given size is found with the wanted power.
 *
 * @param design.deviation from a pilot: the standard deviation of the contrast over its blocks
 * @param power default 0.8
 * @returns `null` when more than a million would be needed
 * @throws InputError when the effect is 0
 */
export function requiredBlocks(
  effect: number,
  design: Omit<ContrastDesign, 'blocksPerGroup'>,
  power = 0.8,
): number | null {
  requireShare('power', power);
  if (!(Math.abs(effect) > 0))
    throw new InputError(`The effect to be found is ${effect}; it must differ from 0.`);
  const enough = (blocksPerGroup: number) => powerOfContrast(effect, { ...design, blocksPerGroup }) >= power;
  let high = 2;
  while (!enough(high)) {
    high *= 2;
    if (high > 1_000_000) return null;
  }
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (middle >= 2 && enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function contrastError(design: ContrastDesign) {
  const groups = design.groups ?? 1;
  const alpha = (design.alpha ?? 0.05) / (design.comparisons ?? 1);
  requireShare('alpha', alpha);
  if (!(design.deviation > 0) || !Number.isFinite(design.deviation)) {
    throw new InputError(`The deviation is ${design.deviation}; power needs a positive number.`);
  }
  const df = groups * (design.blocksPerGroup - 1);
  return { groups, df, alpha, standardError: design.deviation / Math.sqrt(groups * design.blocksPerGroup) };
}
