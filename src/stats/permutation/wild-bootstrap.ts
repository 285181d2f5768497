import type { LinearModel } from '../linear-model/model.ts';
import { permutationTest, type PermutationTable, type PermutationTestOptions } from './permutation-test.ts';

/**
 * Tests of every term (Type III) of a linear model that allow every row its own variance: the wild bootstrap.
 *
 * For each term the residuals of the model without it get random signs, and the HC3 Wald statistic is taken anew
 * (Wu 1986; Liu 1988; with the null imposed and Rademacher signs, Davidson & Flachaire 2008, Journal of
 * Econometrics 146). A sign leaves each residual at its row, so noisy cells stay noisy; shuffling spreads their
 * noise over all cells. All terms share the signs, which also gives max-T adjusted p-values.
 *
 * @returns one row per term; F is the HC3 Wald statistic over its degrees of freedom
 * @throws InputError when resamples is not a whole number of at least 99
 * @example wildBootstrapTest(fitLinearModel(score, [strategy, task]), { seed: 1 }).rows
 */
export function wildBootstrapTest(
  model: LinearModel,
  options: Pick<PermutationTestOptions, 'seed' | 'resamples'>,
): PermutationTable {
  return permutationTest(model, { ...options, statistic: 'hc3', scheme: 'wild' });
}
